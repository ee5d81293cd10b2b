/**
 * The length of all texts in a request's content, in UTF-16 units, media as their base64: a bound on its tokens that costs next to
 * nothing. Only a request for which this could be too many tokens has them estimated.
 */
export function countCharacters(content: unknown): number {
  if (typeof content === 'string') return content.length;
  if (typeof content !== 'object' || content === null) return 0;
  let characters = 0;
  for (const part of Array.isArray(content) ? content : Object.values(content)) characters += countCharacters(part);
  return characters;
}
