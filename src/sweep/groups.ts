// Runs that differ in their seed alone are one row: the mean of their losses, and how far they are spread.

/** Runs with the same settings but for the seed. */
export interface Group<Run> {
  readonly runs: readonly Run[];
  /** Of the losses there are; undefined where there is none. */
  readonly mean: number | undefined;
  /** Standard deviation of them as a sample, divisor n - 1; undefined for fewer than two. */
  readonly spread: number | undefined;
}

/** `keyOf`: what is the same in a group; `lossOf`: undefined for a run that has none. Groups with the lowest mean first. */
export function groupsOf<Run>(
  runs: readonly Run[],
  keyOf: (run: Run) => string,
  lossOf: (run: Run) => number | undefined,
): Group<Run>[] {
  const byKey = new Map<string, Run[]>();
  for (const run of runs) byKey.set(keyOf(run), [...(byKey.get(keyOf(run)) ?? []), run]);
  const groups = [...byKey.values()].map((own) => {
    const losses = own.map(lossOf).filter((loss) => loss !== undefined);
    return { runs: own, ...momentsOf(losses) };
  });
  const rankOf = ({ mean }: Group<Run>): number => mean ?? Number.POSITIVE_INFINITY;
  return groups.toSorted((a, b) => (rankOf(a) < rankOf(b) ? -1 : rankOf(a) > rankOf(b) ? 1 : 0));
}

function momentsOf(losses: readonly number[]): Pick<Group<never>, "mean" | "spread"> {
  const count = losses.length;
  if (count === 0) return { mean: undefined, spread: undefined };
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / count;
  if (count === 1) return { mean, spread: undefined };
  const squares = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
  return { mean, spread: Math.sqrt(squares / (count - 1)) };
}
