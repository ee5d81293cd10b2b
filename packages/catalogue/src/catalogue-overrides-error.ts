/** One mistake in the overrides. */
export type OverrideProblem = {
  /** Keys from the root of the document: `['models', '<id>', 'prices', 'global']`. */
  path: readonly string[];
  message: string;
};

/** The overrides of the catalogue cannot be applied; names every mistake. */
export class CatalogueOverridesError extends Error {
  override name = 'CatalogueOverridesError';
  readonly problems: readonly OverrideProblem[];

  constructor(problems: readonly OverrideProblem[]) {
    const lines = problems.map(({ path, message }) => `  ${path.length === 0 ? 'the document' : path.join(' > ')}: ${message}`);
    super(`The overrides of the model catalogue cannot be used:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}
