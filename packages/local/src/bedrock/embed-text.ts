import { seededRandom } from './seeded-random.ts';

/** A unit vector for a text: texts that share words lie near each other, other texts do not. Each model has its own space. */
export function embedText({
  text,
  modelId,
  dimensions,
  seed,
}: {
  text: string;
  modelId: string;
  dimensions: number;
  seed: number;
}): number[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text];
  const vector = new Float64Array(dimensions);
  for (const word of words) addWord(vector, seededRandom(`${seed}/${modelId}/${word}`));
  const length = Math.hypot(...vector);
  return [...vector].map((value) => value / length);
}

/** Eight coordinates a word: enough that two words seldom share them, few enough that a long text stays cheap. */
function addWord(vector: Float64Array, random: () => number): void {
  for (let count = 0; count < 8; count += 1) {
    const index = Math.floor(random() * vector.length);
    vector[index] = (vector[index] ?? 0) + 0.5 + random();
  }
}
