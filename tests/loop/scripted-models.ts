import type { CallModel, ModelFailure, ModelReply } from '@signalbox/contracts';

/** How a target is: it answers, or every call to it comes to this. */
export type Health = 'well' | 'throttled' | 'faulted' | 'hanging';

export type ScriptedModels = {
  callModel: CallModel;
  /** By target id; a target that is not named is well. */
  health: Record<string, Health>;
  /** Target ids, call by call. */
  calls: string[];
};

const LATENCY_MS = 400;

/** Models whose health the story changes, in a time that only they let pass. */
export function scriptModels(clock: { advance(milliseconds: number): void }): ScriptedModels {
  const models: ScriptedModels = {
    health: {},
    calls: [],
    async callModel({ target, limits }) {
      models.calls.push(target.id);
      const health = models.health[target.id] ?? 'well';
      clock.advance(health === 'hanging' ? Math.min(limits.totalMs, limits.firstTokenMs ?? limits.totalMs) : LATENCY_MS);
      return replyOf(health, target.model);
    },
  };
  return models;
}

function replyOf(health: Health, model: string): ModelReply {
  switch (health) {
    case 'well':
      return {
        outcome: 'succeeded',
        output: { message: { role: 'assistant', content: [{ text: `Paris, says ${model}.` }] } },
        stopReason: 'end_turn',
        usage: { inputTokens: 10, outputTokens: 20 },
        firstTokenMs: 120,
      };
    case 'throttled':
      return failure('throttled', { error: 'ThrottlingException', status: 429, retryAfterMs: 30_000 });
    case 'faulted':
      return failure('faulted', { error: 'ServiceUnavailableException', status: 503, isTransient: true });
    case 'hanging':
      return failure('timed-out', { error: 'FirstTokenTimeout' });
  }
}

function failure(outcome: ModelFailure['outcome'], stated: Partial<ModelFailure> & { error: string }): ModelFailure {
  return { outcome, message: `The call ${outcome}.`, ...stated };
}
