const WIDTH = 140;

/** JSON as the formatter of this project writes it: lists in one line where they fit, maps always in several. */
export function formatJson(value: unknown, indent = '', taken = 0): string {
  if (Array.isArray(value)) return formatList(value, indent, taken);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const fields = Object.entries(value).map(([key, member]) => {
    const start = `${inner}${JSON.stringify(key)}: `;
    // One more for the comma.
    return `${start}${formatJson(member, inner, start.length + 1)}`;
  });
  return fields.length === 0 ? '{}' : `{\n${fields.join(',\n')}\n${indent}}`;
}

function formatList(list: readonly unknown[], indent: string, taken: number): string {
  const inner = `${indent}  `;
  const members = list.map((member) => formatJson(member, inner, inner.length + 1));
  const line = `[${members.join(', ')}]`;
  if (!line.includes('\n') && taken + line.length <= WIDTH) return line;
  return `[\n${members.map((member) => `${inner}${member}`).join(',\n')}\n${indent}]`;
}
