import type { EmbeddingsList, Usage } from '@signalbox/contracts';
import { toCompletionUsage } from './to-completion-usage.ts';

type Embedded = {
  /** One vector for each text, in their order. */
  embeddings: readonly (readonly number[])[];
  encodingFormat: 'float' | 'base64';
  /** The model that answered. */
  model: string;
  /** Absent when the provider gave none. */
  usage?: Usage | undefined;
};

/** Vectors in OpenAI's shape. */
export function toEmbeddingsList({ embeddings, encodingFormat, model, usage }: Embedded): EmbeddingsList {
  return {
    object: 'list',
    data: embeddings.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: encodingFormat === 'base64' ? toBase64(vector) : [...vector],
    })),
    model,
    ...(usage && { usage: toEmbeddingsUsage(usage) }),
  };
}

function toEmbeddingsUsage(usage: Usage): NonNullable<EmbeddingsList['usage']> {
  const { prompt_tokens } = toCompletionUsage(usage);
  return { prompt_tokens, total_tokens: prompt_tokens };
}

/** 32-bit floats in little-endian order, whatever the machine's own. */
function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString('base64');
}
