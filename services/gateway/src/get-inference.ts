import type { InferenceResult, Json } from '@signalbox/contracts';
import { type InferenceItem, toPendingResult, toResult } from '@signalbox/runtime';
import { checkInferenceId, inferenceNotFound } from './check-inference-id.ts';

type Ports = {
  get: (tenant: string, id: string) => Promise<InferenceItem | undefined>;
  readOutput: (key: string) => Promise<Json>;
  link: (key: string) => Promise<string>;
};

/** Results above this go out as a link, in bytes of the output's JSON. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

/** The result of a tenant's inference, or where it stands; 404 when the tenant has none by that id. */
export function createGetInference({ get, readOutput, link }: Ports) {
  return async function getInference({ tenant, id }: { tenant: string; id: string }): Promise<InferenceResult> {
    checkInferenceId(id);
    const item = await get(tenant, id);
    if (!item) throw inferenceNotFound(id);
    if (!item.record) return toPendingResult(item);
    if (item.outputKey === undefined)
      return toResult(item.record, item.output === undefined ? {} : { output: JSON.parse(item.output) as Json });
    if (item.record.outputBytes > MAX_OUTPUT_BYTES) return toResult(item.record, { outputUrl: await link(item.outputKey) });
    return toResult(item.record, { output: await readOutput(item.outputKey) });
  };
}
