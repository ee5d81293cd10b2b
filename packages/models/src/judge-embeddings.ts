import type { ModelReply, Usage } from '@signalbox/contracts';
import { makeFailure } from './make-failure.ts';

/** What a provider gave for texts, still to be judged. */
export type GivenEmbeddings = { embeddings: readonly unknown[]; expected: number; usage: Usage | undefined };

/** Turns vectors into a reply: one for each text, all of numbers and of one length, or the answer is not whole. */
export function judgeEmbeddings({ embeddings, expected, usage }: GivenEmbeddings): ModelReply {
  const vectors = embeddings.filter(isVector);
  const [first] = vectors;
  const isWhole = vectors.length === expected && embeddings.length === expected && vectors.every(({ length }) => length === first?.length);
  if (!isWhole) return makeFailure({ outcome: 'malformed', error: 'IncompleteEmbeddings', usage });
  return { outcome: 'succeeded', output: { embeddings: vectors }, stopReason: 'end_turn', ...(usage && { usage }) };
}

function isVector(value: unknown): value is number[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((component) => typeof component === 'number' && Number.isFinite(component))
  );
}
