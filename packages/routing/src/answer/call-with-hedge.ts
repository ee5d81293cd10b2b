import type { PlannedTarget } from '../plan/planned-target.ts';
import { type Conduct, conductOf } from './conduct.ts';
import { pause, type Sleep } from './pause.ts';
import type { Ports, Receive } from './receive.ts';
import { type Call, startCall } from './start-call.ts';
import type { Trial } from './trial.ts';

type HedgeInput = {
  ports: Ports;
  receive: Receive;
  planned: PlannedTarget;
  afterMs: number;
  /** Where a second call is to go, once the time has come; it is then paid for. Undefined when there is to be none. */
  chooseHedge: () => PlannedTarget | undefined;
};

type AbortableCall = Call & { firstToken: Promise<void>; abort: () => void };

/** After these of one call, the other one is of no more use. */
const DECIDED: readonly Conduct[] = ['take', 'refuse', 'reject', 'leave'];
/** An aborted call comes back at once, with what it used. One that does not is not waited for longer than this. */
const GIVE_UP_AFTER_MS = 50;

/**
 * Makes the first call, and a second one beside it when the first has given no token after a time. The first answer wins and the other
 * call is aborted; after a failure the other one is waited for. Gives the trials in the order in which the calls began.
 */
export async function callWithHedge({ ports, receive, planned, afterMs, chooseHedge }: HedgeInput): Promise<Trial[]> {
  const { signal } = receive.input;
  const calls = [startAbortable(ports, receive, planned)] as [AbortableCall, AbortableCall?];
  const abortAll = () => {
    for (const call of calls) call?.abort();
  };
  signal.addEventListener('abort', abortAll, { once: true });
  try {
    const [first] = calls;
    const hedged = (await comesWithin(ports.sleep, afterMs, [first.over, first.firstToken])) ? undefined : chooseHedge();
    if (!hedged) return [await first.over];
    const second = startAbortable(ports, receive, hedged);
    calls.push(second);
    return await settleBoth(ports.sleep, first, second);
  } catch (bug) {
    abortAll();
    throw bug;
  } finally {
    signal.removeEventListener('abort', abortAll);
  }
}

/** Each call has its own way to be given up, beside the one of the request. */
function startAbortable(ports: Ports, receive: Receive, planned: PlannedTarget): AbortableCall {
  const controller = new AbortController();
  const { promise: firstToken, resolve: onFirstToken } = Promise.withResolvers<void>();
  const call = startCall(ports, receive, planned, { signal: controller.signal, onFirstToken });
  return { ...call, firstToken, abort: () => controller.abort() };
}

async function settleBoth(sleep: Sleep, first: AbortableCall, second: AbortableCall): Promise<Trial[]> {
  const sooner = await Promise.race([first.over.then(() => first), second.over.then(() => second)]);
  const other = sooner === first ? second : first;
  const trial = await sooner.over;
  const otherTrial = DECIDED.includes(conductOf(trial.reply)) ? await endOf(sleep, other) : await other.over;
  return sooner === first ? [trial, otherTrial] : [otherTrial, trial];
}

async function endOf(sleep: Sleep, call: AbortableCall): Promise<Trial> {
  call.abort();
  return (await comesWithin(sleep, GIVE_UP_AFTER_MS, [call.over])) ? call.over : call.giveUp();
}

/** True when one of these comes before the time is over. Rejects as the first of them does. */
async function comesWithin(sleep: Sleep, milliseconds: number, awaited: readonly Promise<unknown>[]): Promise<boolean> {
  const timer = new AbortController();
  const late = pause(sleep, milliseconds, timer.signal).then(() => false);
  try {
    return await Promise.race([...awaited.map((one) => one.then(() => true)), late]);
  } finally {
    timer.abort();
  }
}
