import { createDeletionStore, createEventPublisher, createPutEvents, onRequest, readEnvironment } from '@signalbox/runtime';
import { createFindKey } from '../adapters/access-table.ts';
import { createRemoveContent } from '../adapters/content.ts';
import { createAuthenticate } from '../authenticate.ts';
import { createDeleteInference } from '../delete-inference.ts';

const environment = readEnvironment(['STAGE', 'ACCESS_TABLE', 'INFERENCES_TABLE', 'DATA_BUCKET', 'EVENT_BUS']);
const authenticate = createAuthenticate({ findKey: createFindKey({ tableName: environment.ACCESS_TABLE }) });
const deleteInference = createDeleteInference({
  store: createDeletionStore({ tableName: environment.INFERENCES_TABLE }),
  removeContent: createRemoveContent({ bucket: environment.DATA_BUCKET }),
  publish: createEventPublisher({ putEvents: createPutEvents({ busName: environment.EVENT_BUS }) }).publish,
  bucket: environment.DATA_BUCKET,
  stage: environment.STAGE,
  now: Date.now,
});

export const handler = onRequest(async ({ headers, pathParameters }) => {
  const { tenant } = await authenticate(headers);
  return { status: 200, body: await deleteInference({ tenant, id: pathParameters.id ?? '' }) };
});
