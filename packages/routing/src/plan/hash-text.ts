/** 32 well-mixed bits of a text: FNV-1a over its UTF-16 units, then MurmurHash3's finaliser. Not for secrets. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return finish(hash);
}

/** 32 well-mixed bits of two hashes, by a round of MurmurHash3. The order of the two matters. */
export function joinHashes(first: number, second: number): number {
  const scrambled = Math.imul(second, 0xcc9e2d51);
  const block = Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
  const mixed = first ^ block;
  return finish(Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64);
}

/** A hash as a number above 0 and below 1. */
export function toUnit(hash: number): number {
  return ((hash >>> 0) + 0.5) / 2 ** 32;
}

function finish(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
