import { type Answer, type AnswerPart, type ModelSource, type Usage, usageOf } from '../bedrock/answer.ts';
import { lastUserText, withoutDirectives } from '../bedrock/directives.ts';
import { estimateTokens } from '../bedrock/estimate-tokens.ts';

const REASONING_MODELS = /reason|thinking|gpt-oss|(^|[^a-z])r1([^0-9a-z]|$)/i;
const PIECE_CHARACTERS = 24;

/** Whether a simulated model of this name thinks aloud before it answers. */
export function reasons(model: string): boolean {
  return REASONING_MODELS.test(model);
}

/** A source whose answers begin with reasoning, which counts as output. */
export function withReasoning(source: ModelSource): ModelSource {
  return {
    async answer(call): Promise<Answer> {
      const answer = await source.answer(call);
      const reasoning = thoughts(lastUserText(call.request));
      return { ...answer, reasoning, usage: more(answer.usage, reasoning) };
    },
    async *stream(call): AsyncGenerator<AnswerPart> {
      const reasoning = thoughts(lastUserText(call.request));
      let isBegun = false;
      for await (const part of source.stream(call)) {
        if (!isBegun) yield* pieces(reasoning);
        isBegun = true;
        if (part.kind === 'end') yield { ...part, usage: more(part.usage, reasoning) };
        else yield { ...part, blockIndex: part.blockIndex + 1 };
      }
    },
  };
}

function thoughts(text: string): string {
  const words = withoutDirectives(text).split(/\s+/).filter(Boolean);
  return `The user wrote ${words.length} words, beginning with "${words.slice(0, 5).join(' ')}". I will answer that and nothing else.`;
}

function pieces(reasoning: string): AnswerPart[] {
  const texts = Array.from(reasoning.matchAll(new RegExp(`[^]{1,${PIECE_CHARACTERS}}`, 'gu')), ([text]) => text);
  return texts.map((text) => ({ kind: 'reasoning', blockIndex: 0, text }));
}

function more({ inputTokens, outputTokens }: Usage, reasoning: string): Usage {
  return usageOf(inputTokens, outputTokens + estimateTokens(reasoning));
}
