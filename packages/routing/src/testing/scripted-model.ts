import type { ModelCall, ModelFailure, ModelReply } from '@signalbox/contracts';
import type { AnswerPorts } from '../answer/answer-input.ts';

/** A reply and how long it takes. A reply that takes longer than its call may is a time-out at the limit, as an adapter makes it. */
type ScriptedReply = { reply: ModelReply; takesMs?: number };
export type Script = (call: ModelCall, at: number) => ScriptedReply;

export const START = 1_790_000_000_000;

export function answered(): ModelReply {
  const output = { message: { role: 'assistant', content: [{ text: 'Paris.' }] } };
  return { outcome: 'succeeded', output, stopReason: 'end_turn', usage: { inputTokens: 10, outputTokens: 20 }, firstTokenMs: 80 };
}

export function failed(outcome: ModelFailure['outcome'], stated: Partial<ModelFailure> = {}): ModelReply {
  return { outcome, error: `${outcome}-code`, message: `The call ${outcome}.`, ...stated };
}

/** Answers by script, in a time that passes only when a call or a pause takes it. */
export function scriptModel(script: Script): {
  ports: AnswerPorts;
  calls: (ModelCall & { at: number })[];
  clock: { now: number };
  pauses: number[];
} {
  const clock = { now: START };
  const calls: (ModelCall & { at: number })[] = [];
  const pauses: number[] = [];
  const ports: AnswerPorts = {
    now: () => clock.now,
    random: () => 0.5,
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
      clock.now += milliseconds;
    },
    callModel: async (call) => {
      calls.push({ ...call, at: clock.now });
      const { reply, takesMs = 100 } = script(call, clock.now);
      clock.now += Math.min(takesMs, call.limits.totalMs);
      return takesMs > call.limits.totalMs ? failed('timed-out', { error: 'AttemptTimeout' }) : reply;
    },
  };
  return { ports, calls, clock, pauses };
}

/** Replies by target id; a list is used up call by call, its last reply stays. */
export function repliesByTarget(replies: Record<string, ModelReply | ModelReply[]>): Script {
  const used: Record<string, number> = {};
  return ({ target }) => {
    const list = [replies[target.id] ?? answered()].flat();
    const index = used[target.id] ?? 0;
    used[target.id] = index + 1;
    const reply = list[Math.min(index, list.length - 1)];
    if (!reply) throw new Error(`The script has an empty list for ${target.id}`);
    return { reply };
  };
}
