// The exercise, done.

export function tempered(probabilities, temperature) {
  const powers = probabilities.map((p) => p ** (1 / temperature));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

export function drawn(probabilities, number) {
  let end = 0;
  for (const [id, probability] of probabilities.entries()) {
    end += probability;
    if (number < end) return id;
  }
  return probabilities.length - 1;
}

export function bitsOf(logProbabilities) {
  const nats = -logProbabilities.reduce((a, b) => a + b, 0) / logProbabilities.length;
  return nats / Math.LN2;
}
