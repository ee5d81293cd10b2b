import { InferenceId } from '@signalbox/contracts';
import { HttpError } from '@signalbox/runtime/errors';

/** Refuses an id that no request can have. */
export function checkInferenceId(id: string): void {
  if (InferenceId.safeParse(id).success) return;
  throw new HttpError({
    status: 400,
    code: 'invalid_id',
    parameter: 'id',
    message: 'An inference id has 1 to 128 characters: letters, digits and . _ : @ + - after the first letter or digit.',
  });
}

/** The refusal of an id that this tenant does not have, be it another's. */
export function inferenceNotFound(id: string): HttpError {
  return new HttpError({
    status: 404,
    code: 'not_found',
    parameter: 'id',
    message: `There is no inference "${id.slice(0, 128)}" of this tenant. One that was sent to a queue directly appears when it is first received; ask again shortly.`,
  });
}
