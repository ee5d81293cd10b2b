import {
  countOutcomes,
  createEventPublisher,
  createInferenceStore,
  createPutEvents,
  logger,
  onEvent,
  readEnvironment,
} from '@signalbox/runtime';
import { createSweepDeadlines } from '../sweep-deadlines.ts';

const environment = readEnvironment(['STAGE', 'INFERENCES_TABLE', 'EVENT_BUS']);
const publisher = createEventPublisher({ putEvents: createPutEvents({ busName: environment.EVENT_BUS }) });
const sweepDeadlines = createSweepDeadlines({
  store: createInferenceStore({ tableName: environment.INFERENCES_TABLE }),
  publish: publisher.publish,
  stage: environment.STAGE,
  now: Date.now,
});

export const handler = onEvent(async () => {
  const ended = await sweepDeadlines();
  if (ended === 0) return;
  logger.info('Overdue requests were ended', { ended });
  countOutcomes(new Map([['InferencesExpired', ended]]));
});
