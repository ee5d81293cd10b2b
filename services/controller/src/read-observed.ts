import { AttemptsObserved, INFERENCE_SOURCE } from '@signalbox/contracts';
import { ContractError } from '@signalbox/runtime/errors';
import * as z from 'zod/mini';
import { isUsualObservation } from './is-usual-observation.ts';

const Envelope = z.object({
  source: z.literal(INFERENCE_SOURCE),
  'detail-type': z.literal('AttemptsObserved'),
  detail: AttemptsObserved,
});

/** An event but for its observations, which are many and have a check of their own. */
const Frame = z.object({
  ...Envelope.shape,
  detail: z.object({
    ...AttemptsObserved.shape,
    data: z.object({ ...AttemptsObserved.shape.data.shape, observations: z.array(z.unknown()).check(z.minLength(1)) }),
  }),
});

/** The event in a message of the queue, whose body is EventBridge's envelope. Throws a `ContractError` that names the place for what is none. */
export function readObserved({ body }: { body: string }): AttemptsObserved {
  const event = parseJson(body);
  return readUsual(event) ?? readAny(event);
}

/** Of an event that is as usual by a check that is quick. */
function readUsual(event: unknown): AttemptsObserved | undefined {
  const { success, data: frame } = Frame.safeParse(event);
  if (!success) return undefined;
  const { detail } = frame;
  const { observations } = detail.data;
  return observations.every(isUsualObservation) ? { ...detail, data: { ...detail.data, observations } } : undefined;
}

/** Of any other, and what is wrong with it, by the schema. */
function readAny(event: unknown): AttemptsObserved {
  const parsed = Envelope.safeParse(event);
  if (parsed.success) return parsed.data.detail;
  const [issue] = parsed.error.issues;
  throw new ContractError({ message: `An AttemptsObserved event is not valid at ${issue?.path.join('.')}.`, cause: parsed.error });
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new ContractError({
      message: 'A message of the observations queue is not JSON. Only the rule on AttemptsObserved may send to it.',
      cause,
    });
  }
}
