import { InferenceId } from '@signalbox/contracts';
import { HttpError } from '@signalbox/runtime/errors';

const NAME = 'Idempotency-Key';

/** The `Idempotency-Key` header, bare or in quotes; undefined without one. */
export function readIdempotencyKey(headers: Record<string, string>, { maxLength = 128 } = {}): string | undefined {
  const text = headers['idempotency-key'];
  if (text === undefined) return undefined;
  const key = /^"(.*)"$/.exec(text)?.[1] ?? text;
  if (InferenceId.safeParse(key).success && key.length <= maxLength) return key;
  throw new HttpError({
    status: 400,
    code: 'invalid_id',
    parameter: NAME,
    message: `The header ${NAME} must have 1 to ${maxLength} characters: letters, digits and . _ : @ + - after the first letter or digit.`,
  });
}
