const MOST_SUGGESTIONS = 3;
/** Found by trial on typing errors and short forms of the shipped names: below it, suggestions are noise. */
const LEAST_LIKENESS = 0.45;

/** The known names most like the one given, best first; none when nothing is like it. A weight under 1 puts a name further back. */
export function suggestNames(name: string, known: Iterable<string>, weightOf: (candidate: string) => number = () => 1): string[] {
  const pairs = pairsOf(name);
  return [...new Set(known)]
    .map((candidate) => ({ candidate, likeness: likenessOf(pairs, pairsOf(candidate)) * weightOf(candidate) }))
    .filter(({ likeness }) => likeness >= LEAST_LIKENESS)
    .sort((one, other) => other.likeness - one.likeness || (one.candidate < other.candidate ? -1 : 1))
    .slice(0, MOST_SUGGESTIONS)
    .map(({ candidate }) => candidate);
}

/** Neighbouring letters and digits of each word, without regard to case and punctuation. */
function pairsOf(name: string): string[] {
  const words = name.toLowerCase().match(/[a-z]+|\d+/g) ?? [];
  return words.flatMap((word) => {
    const framed = ` ${word} `;
    return Array.from({ length: framed.length - 1 }, (_, start) => framed.slice(start, start + 2));
  });
}

/** Dice's coefficient, 0..1: the share of pairs that both have. */
function likenessOf(one: readonly string[], other: readonly string[]): number {
  if (one.length + other.length === 0) return 0;
  const left = [...other];
  let shared = 0;
  for (const pair of one) {
    const place = left.indexOf(pair);
    if (place === -1) continue;
    left.splice(place, 1);
    shared += 1;
  }
  return (2 * shared) / (one.length + other.length);
}
