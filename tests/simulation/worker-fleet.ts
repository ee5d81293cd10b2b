import type { Attempt, InferenceContent } from '@signalbox/contracts';
import { parkDelaySeconds } from '@signalbox/inference/park-delay';
import type { AnswerResult, RequestFeatures, Strikes, Waiting } from '@signalbox/routing';
import type { Random } from './random.ts';
import type { Sandbox } from './sandbox.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A request on its way. */
export type Message = {
  id: string;
  tenant: string;
  content: InferenceContent;
  features: RequestFeatures;
  /** Milliseconds since the epoch. */
  sentAt: number;
  deadline: number;
  deferrals: number;
  briefDeferrals: number;
  attempts: number;
  strikes: Strikes | undefined;
};

export type Ending = { kind: 'answered'; by: string } | { kind: 'ended'; reason: string } | { kind: 'expired' };

export type Worker = { sandbox: Sandbox; bornAt: number };

type Options = {
  time: VirtualTime;
  random: Random;
  processes: number;
  startSandbox: () => Sandbox;
  /** True for a receive whose process dies after the call, before anything of it is noted. */
  isCrashing: () => boolean;
  onAttempts: (attempts: readonly Attempt[]) => void;
  onEnd: (message: Message, ending: Ending) => void;
};

/** A process lives for a quarter of an hour; the fleet grows threefold when it has to. */
const LIFE_MS = 900_000;
const GROWTH = 3;
const START_MS = 400;
/** What one receive may take. */
const RECEIVE_MS = 270_000;
/** A message whose process died is seen again so long after its receive. */
export const VISIBILITY_MS = 45_000;

/** The queue and its workers, each with one message at a time. What cannot be answered now comes back after the service's own delay. */
export function createWorkerFleet({ time, random, processes, startSandbox, isCrashing, onAttempts, onEnd }: Options) {
  const newWorker = (bornAt: number): Worker => ({ sandbox: startSandbox(), bornAt });
  const all = new Set<Worker>();
  const idle: Worker[] = [];
  for (let index = 0; index < processes; index++) {
    const worker = newWorker(time.now() - random() * LIFE_MS);
    all.add(worker);
    idle.push(worker);
  }
  const queue: Message[] = [];
  let head = 0;
  let starting = 0;
  let inFlight = 0;
  let parked = 0;
  let mostQueued = 0;
  let crashes = 0;

  const takeMessage = (): Message | undefined => {
    const message = queue[head];
    if (!message) return undefined;
    head++;
    if (head * 2 > queue.length) {
      queue.splice(0, head);
      head = 0;
    }
    return message;
  };
  const takeWorker = (): Worker | undefined => {
    if (idle.length === 0) return undefined;
    const index = Math.floor(random() * idle.length);
    const taken = idle[index] as Worker;
    idle[index] = idle.at(-1) as Worker;
    idle.pop();
    if (time.now() - taken.bornAt < LIFE_MS) return taken;
    all.delete(taken);
    const fresh = newWorker(time.now());
    all.add(fresh);
    return fresh;
  };

  const dispatch = (): void => {
    while (head < queue.length) {
      const worker = takeWorker();
      const message = worker && takeMessage();
      if (!message) break;
      time.spawn(work(worker, message));
    }
    if (head < queue.length) grow();
  };
  const grow = (): void => {
    if (starting >= queue.length - head || all.size >= processes * GROWTH) return;
    starting++;
    const worker = newWorker(time.now());
    all.add(worker);
    time.at(time.now() + START_MS, () => {
      starting--;
      idle.push(worker);
      dispatch();
    });
  };

  async function work(worker: Worker, message: Message): Promise<void> {
    inFlight++;
    const receivedAt = time.now();
    const endsAt = Math.min(message.deadline, receivedAt + RECEIVE_MS);
    const isLost = isCrashing();
    if (message.deadline <= receivedAt) onEnd(message, { kind: 'expired' });
    else {
      const result = await worker.sandbox.answer(message, endsAt);
      if (isLost) comeAgain(message, receivedAt);
      else settle(message, result);
    }
    inFlight--;
    if (isLost) all.delete(worker);
    else idle.push(worker);
    dispatch();
  }

  /** As the queue gives back what nobody deleted. */
  function comeAgain(message: Message, receivedAt: number): void {
    crashes++;
    parked++;
    time.at(receivedAt + VISIBILITY_MS, () => {
      parked--;
      send(message);
    });
  }

  function settle(message: Message, result: AnswerResult): void {
    onAttempts(result.attempts);
    message.attempts += result.attempts.length;
    if (result.kind === 'answered') onEnd(message, { kind: 'answered', by: result.servedBy.target });
    else if (result.kind === 'ended') onEnd(message, { kind: 'ended', reason: result.reason });
    else if (message.deadline <= time.now()) onEnd(message, { kind: 'expired' });
    else park(message, result);
  }

  function park(message: Message, { strikes, isBrief = false, retryAfterMs }: Waiting): void {
    message.strikes = strikes;
    const delaySeconds = parkDelaySeconds({
      deferrals: message.deferrals - message.briefDeferrals,
      briefDeferrals: message.briefDeferrals,
      now: time.now(),
      deadline: message.deadline,
      random,
      isBrief,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
    message.deferrals++;
    if (isBrief) message.briefDeferrals++;
    parked++;
    time.at(time.now() + delaySeconds * 1_000, () => {
      parked--;
      send(message);
    });
  }

  const send = (message: Message): void => {
    queue.push(message);
    mostQueued = Math.max(mostQueued, queue.length - head);
    dispatch();
  };
  return {
    send,
    counts: () => ({ mostQueued, processes: all.size, workerCrashes: crashes }),
    workers: (): ReadonlySet<Worker> => all,
    /** Requests that are neither answered nor given up: on the queue, at work, or parked. */
    unfinished: () => queue.length - head + inFlight + parked,
  };
}
