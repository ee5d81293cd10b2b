/** Where a text that is matched from a position on ends, or -1 when it does not match there. */
type Match = (text: string, position: number) => number;

/**
 * Compares without case as AWS's engine does: each character of `expected` stands for its lower and its upper form, so `ß` for `ß` and
 * `SS` but `SS` not for `ß`; a character at a time, so that the place of a sigma in its word does not matter.
 */
export function ignoringCase(expected: string): {
  equals: (text: string) => boolean;
  starts: (text: string) => boolean;
  ends: (text: string) => boolean;
} {
  const forms = [...expected].map((character) => [character.toLowerCase(), character.toUpperCase()]);
  const forward: Match = (text, position) => walk(forms, position, (form, at) => (text.startsWith(form, at) ? at + form.length : -1));
  const backward: Match = (text, position) =>
    walk(forms.toReversed(), position, (form, at) => (text.endsWith(form, at) ? at - form.length : -1));
  return {
    equals: (text) => forward(text, 0) === text.length,
    starts: (text) => forward(text, 0) !== -1,
    ends: (text) => backward(text, text.length) !== -1,
  };
}

function walk(forms: readonly (readonly string[])[], start: number, step: (form: string, at: number) => number): number {
  let position = start;
  for (const [lower = '', upper = ''] of forms) {
    const next = step(lower, position);
    position = next === -1 ? step(upper, position) : next;
    if (position === -1) return -1;
  }
  return position;
}
