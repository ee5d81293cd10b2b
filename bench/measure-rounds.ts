/** Measures one variant once; answers the figure of this round. */
export type MeasureOnce = (round: number) => Promise<number>;

/**
 * Measures variants in turn, round after round, each round beginning with another one: what the machine does meanwhile
 * falls on all of them alike. Answers the figures of each variant, one per round.
 */
export async function measureRounds<Name extends string>(
  rounds: number,
  variants: Readonly<Record<Name, MeasureOnce>>,
): Promise<Record<Name, number[]>> {
  const entries = Object.entries(variants) as [Name, MeasureOnce][];
  const figures = Object.fromEntries(entries.map(([name]) => [name, []])) as unknown as Record<Name, number[]>;
  for (let round = 0; round < rounds; round++) {
    for (let index = 0; index < entries.length; index++) {
      const [name, measureOnce] = entries[(round + index) % entries.length] as [Name, MeasureOnce];
      figures[name].push(await measureOnce(round));
    }
  }
  return figures;
}
