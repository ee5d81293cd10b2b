import { AttemptsObserved, INFERENCE_SOURCE } from '@signalbox/contracts';
import { ContractError } from '@signalbox/runtime/errors';
import * as z from 'zod/mini';

const Envelope = z.object({
  source: z.literal(INFERENCE_SOURCE),
  'detail-type': z.literal('AttemptsObserved'),
  detail: AttemptsObserved,
});

/** The event in a message of the queue, whose body is EventBridge's envelope. Throws a `ContractError` that names the place for what is none. */
export function readObserved({ body }: { body: string }): AttemptsObserved {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch (cause) {
    throw new ContractError({
      message: 'A message of the observations queue is not JSON. Only the rule on AttemptsObserved may send to it.',
      cause,
    });
  }
  const parsed = Envelope.safeParse(event);
  if (parsed.success) return parsed.data.detail;
  const [issue] = parsed.error.issues;
  throw new ContractError({ message: `An AttemptsObserved event is not valid at ${issue?.path.join('.')}.`, cause: parsed.error });
}
