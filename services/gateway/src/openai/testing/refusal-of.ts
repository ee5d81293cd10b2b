import { HttpError } from '@signalbox/runtime/errors';

/** The refusal that a call throws. Fails for a call that throws none, or anything else. */
export function refusalOf(call: () => unknown): HttpError {
  try {
    call();
  } catch (error) {
    if (error instanceof HttpError) return error;
    throw error;
  }
  throw new Error('was not refused');
}
