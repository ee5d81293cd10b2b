/** What may pass between two states. */
export const MAX_DATA_BYTES = 262_144;

/** An error of a state, by the name that `Retry` and `Catch` know it by. */
export class StatesError extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}
