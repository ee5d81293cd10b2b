import type { InferenceResult, StackFile } from '@signalbox/contracts';
import { type BusListener, listenToBus, type SeenEvent } from '../../e2e/kit/bus-listener.ts';
import { createProducer, type Producer } from '../../e2e/kit/producer.ts';

/** An installation of this project, wherever it stands, as its producers see it. */
export type World = { stack: StackFile; producer: Producer; bus: BusListener };

export async function createWorld(stack: StackFile): Promise<World> {
  return { stack, producer: createProducer(stack), bus: await listenToBus(stack) };
}

/** Until a machine with other work to do has started a function, or a parked request comes back. */
export const ANSWER_WITHIN_MS = 40_000;

/** The event that says what became of a request. */
export async function endingOf({ bus }: World, id: string): Promise<SeenEvent | undefined> {
  const [event] = await bus.waitFor(({ detailType, data }) => /^Inference(Completed|Failed|Expired)$/.test(detailType) && data.id === id);
  return event;
}

/** Of a result, all but what is each run's own: ids, times. */
export function seenResult({ id: _, finishedAt, timing, attempts = [], outputUrl, ...rest }: InferenceResult): unknown {
  return {
    ...rest,
    attempts: attempts.map(seenAttempt),
    isTimed: isTimed(timing),
    isFinished: finishedAt !== undefined,
    outputUrl: outputUrl !== undefined,
  };
}

/** The same of an event. */
export function seenEvent(event: SeenEvent | undefined, id: string): unknown {
  if (event === undefined) return undefined;
  const { source, detailType, metadata, data } = event;
  const { id: _, timing, attempts, ...rest } = data as SeenEvent['data'] & { attempts: InferenceResult['attempts']; timing: unknown };
  const own = {
    isOfRequest: data.id === id,
    key: metadata.id.replaceAll(id, '<id>'),
    correlation: metadata.correlationId === id,
    version: metadata.version,
  };
  return { source, detailType, own, data: { ...rest, attempts: attempts?.map(seenAttempt), isTimed: isTimed(timing) } };
}

function seenAttempt({
  attemptId,
  startedAt,
  durationMs,
  firstTokenMs,
  ...rest
}: NonNullable<InferenceResult['attempts']>[number]): unknown {
  return {
    ...rest,
    number: attemptId.split('#').at(-1),
    isTimed: startedAt > 0 && durationMs >= 0,
    isStreamed: firstTokenMs !== undefined,
  };
}

function isTimed(timing: unknown): boolean {
  const { queuedMs, totalMs } = (timing ?? {}) as { queuedMs?: number; totalMs?: number };
  return queuedMs !== undefined && totalMs !== undefined && queuedMs >= 0 && totalMs >= queuedMs;
}
