/** Numbers in [0, 1). */
export type Random = () => number;

export function oneOrMore(random: Random, make: () => unknown): unknown {
  return random() < 0.4 ? make() : many(random, 1, 3, make);
}

export function many<Item>(random: Random, least: number, most: number, make: () => Item): Item[] {
  return Array.from({ length: least + below(random, most - least + 1) }, make);
}

export function some<Item>(random: Random, items: readonly Item[], least: number, most: number): Item[] {
  return [...new Set(many(random, least, most, () => pick(random, items)))];
}

export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[below(random, items.length)] as Item;
}

export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}
