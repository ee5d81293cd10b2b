/** What the device under test runs: batches made ready beforehand, so that making them is not measured. */
export type Variant<Batch = unknown> = {
  prepare: (requests: number) => Batch;
  run: (batch: Batch) => Promise<void>;
};
