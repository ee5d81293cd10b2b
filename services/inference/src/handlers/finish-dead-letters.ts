import { countOutcomes, createEventPublisher, createInferenceStore, createPutEvents, onQueue, readEnvironment } from '@signalbox/runtime';
import { createObjectStore } from '../adapters/object-store.ts';
import { readDelivery } from '../delivery.ts';
import { createFinishDeadLetter } from '../finish-dead-letter.ts';

const environment = readEnvironment(['STAGE', 'INFERENCES_TABLE', 'DATA_BUCKET', 'EVENT_BUS']);
const publisher = createEventPublisher({ putEvents: createPutEvents({ busName: environment.EVENT_BUS }) });
const finishDeadLetter = createFinishDeadLetter({
  store: createInferenceStore({ tableName: environment.INFERENCES_TABLE }),
  keep: createObjectStore({ bucket: environment.DATA_BUCKET }).keep,
  publish: publisher.publish,
  stage: environment.STAGE,
  now: Date.now,
});

export const handler = onQueue({
  open: () => ({ finished: 0 }),
  async processRecord(record, invocation) {
    await finishDeadLetter(readDelivery(record));
    invocation.finished++;
  },
  async close({ finished }) {
    await publisher.flush();
    if (finished > 0) countOutcomes(new Map([['InferencesFailed', finished]]));
  },
});
