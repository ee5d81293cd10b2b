/** The slot of a text, 0 up to `slots`: FNV-1a over its UTF-16 units, the same in every version. */
export function hashSlot(text: string, slots: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % slots;
}
