import { createInferenceStore, onRequest, readEnvironment } from '@signalbox/runtime';
import { createFindKey } from '../adapters/access-table.ts';
import { createOutputs } from '../adapters/outputs.ts';
import { createAuthenticate } from '../authenticate.ts';
import { createGetInference } from '../get-inference.ts';

const environment = readEnvironment(['INFERENCES_TABLE', 'ACCESS_TABLE', 'DATA_BUCKET']);
const authenticate = createAuthenticate({ findKey: createFindKey({ tableName: environment.ACCESS_TABLE }) });
const getInference = createGetInference({
  get: createInferenceStore({ tableName: environment.INFERENCES_TABLE }).get,
  ...createOutputs({ bucket: environment.DATA_BUCKET }),
});

export const handler = onRequest(async ({ headers, pathParameters }) => {
  const { tenant } = await authenticate(headers);
  return { status: 200, body: await getInference({ tenant, id: pathParameters.id ?? '' }) };
});
