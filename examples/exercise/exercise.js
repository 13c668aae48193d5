// An exercise: write the three functions. `node --test examples/exercise/exercise.test.js` says which are right.

/** The probabilities to the power of 1 / temperature, divided by their sum. */
export function tempered(probabilities, temperature) {
  throw new Error(`write me: ${probabilities.length} probabilities at ${temperature}`);
}

/** The id that a number from 0 to 1 falls on, the probabilities laid end to end. */
export function drawn(probabilities, number) {
  throw new Error(`write me: ${probabilities.length} probabilities, ${number}`);
}

/** How many bits a character a text costs, of the log probabilities (nats) of its characters. */
export function bitsOf(logProbabilities) {
  throw new Error(`write me: ${logProbabilities.length} log probabilities`);
}
