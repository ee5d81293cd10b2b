import { InferenceId, type InferenceResult, type Json } from '@signalbox/contracts';
import { type InferenceItem, toPendingResult, toResult } from '@signalbox/runtime';
import { HttpError } from '@signalbox/runtime/errors';

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
    if (!InferenceId.safeParse(id).success) {
      throw new HttpError({
        status: 400,
        code: 'invalid_id',
        parameter: 'id',
        message: 'An inference id has 1 to 128 characters: letters, digits and . _ : @ + - after the first letter or digit.',
      });
    }
    const item = await get(tenant, id);
    if (!item) {
      throw new HttpError({
        status: 404,
        code: 'not_found',
        parameter: 'id',
        message: `There is no inference "${id.slice(0, 128)}" of this tenant. A request appears when its message is first received; ask again shortly.`,
      });
    }
    if (!item.record) return toPendingResult(item);
    if (item.outputKey === undefined)
      return toResult(item.record, item.output === undefined ? {} : { output: JSON.parse(item.output) as Json });
    if (item.record.outputBytes > MAX_OUTPUT_BYTES) return toResult(item.record, { outputUrl: await link(item.outputKey) });
    return toResult(item.record, { output: await readOutput(item.outputKey) });
  };
}
