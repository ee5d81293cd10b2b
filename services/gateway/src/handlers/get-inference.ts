import { createInferenceStore, onRequest, readEnvironment } from '@signalbox/runtime';
import { createFindKey } from '../adapters/access-table.ts';
import { createOutputs } from '../adapters/outputs.ts';
import { createAuthenticate } from '../authenticate.ts';
import { checkInferenceId } from '../check-inference-id.ts';
import { createGetInference } from '../get-inference.ts';
import { waitInferenceRedirect } from '../wait-inference-redirect.ts';
import { waitInferenceSeconds } from '../wait-inference-seconds.ts';

const environment = readEnvironment(['INFERENCES_TABLE', 'ACCESS_TABLE', 'DATA_BUCKET']);
const authenticate = createAuthenticate({ findKey: createFindKey({ tableName: environment.ACCESS_TABLE }) });
const getInference = createGetInference({
  get: createInferenceStore({ tableName: environment.INFERENCES_TABLE }).get,
  ...createOutputs({ bucket: environment.DATA_BUCKET }),
});

export const handler = onRequest(async (request) => {
  const { headers, path, pathParameters } = request;
  const { tenant } = await authenticate(headers);
  const { id = '' } = pathParameters;
  const waitSeconds = waitInferenceSeconds(request);
  if (waitSeconds === undefined) return { status: 200, body: await getInference({ tenant, id }) };
  checkInferenceId(id);
  return waitInferenceRedirect({ path, id, waitSeconds });
});
