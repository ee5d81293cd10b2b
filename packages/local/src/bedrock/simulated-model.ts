import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerPart, ModelSource } from './answer.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { digest } from './seeded-random.ts';
import { simulateAnswer } from './simulate-answer.ts';
import { sliceAnswer } from './slice-answer.ts';

/** How fast a model is. */
type ModelProfile = { firstTokenMs: number; tokensPerSecond: number };

/** Each model has its own pace, always the same: 5 to 30 ms to the first token, 1,000 to 3,000 tokens a second. */
function profileOf(modelId: string): ModelProfile {
  const number = Number.parseInt(digest('profile', modelId).slice(0, 8), 16);
  return { firstTokenMs: 5 + (number % 26), tokensPerSecond: 1_000 + (number % 2_001) };
}

/** A model that needs no network: answers at its profile's pace. */
export function createSimulatedModel({ seed }: { seed: number }): ModelSource {
  return {
    async answer({ modelId, request, signal }) {
      const startedAt = performance.now();
      const answer = simulateAnswer({ modelId, request, seed });
      await waitUntil(startedAt + dueAfterMs(profileOf(modelId), answer.usage.outputTokens), signal);
      return answer;
    },
    async *stream({ modelId, request, signal }) {
      const startedAt = performance.now();
      let tokens = 0;
      for (const part of sliceAnswer(simulateAnswer({ modelId, request, seed }))) {
        await waitUntil(startedAt + dueAfterMs(profileOf(modelId), tokens), signal);
        tokens += partTokens(part);
        yield part;
      }
    },
  };
}

function dueAfterMs({ firstTokenMs, tokensPerSecond }: ModelProfile, tokens: number): number {
  return firstTokenMs + (tokens / tokensPerSecond) * 1000;
}

async function waitUntil(dueAt: number, signal: AbortSignal): Promise<void> {
  const waitMs = dueAt - performance.now();
  if (waitMs >= 1) await sleep(waitMs, undefined, { signal });
  signal.throwIfAborted();
}

/** Output tokens that one part brings. */
function partTokens(part: AnswerPart): number {
  if (part.kind === 'text') return estimateTokens(part.text);
  return part.kind === 'tool-use-input' ? estimateTokens(part.json) : 0;
}
