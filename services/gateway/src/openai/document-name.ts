const MAX_LENGTH = 190;

/** A file's name as Converse takes it: without its ending and the characters that are not allowed, and unlike the others of the request, to which it is added. */
export function documentName(filename: string, taken: Set<string>): string {
  const base =
    filename
      .replace(/\.[a-zA-Z0-9]{1,8}$/, '')
      .replace(/[^a-zA-Z0-9()[\] -]+/g, ' ')
      .replace(/ {2,}/g, ' ')
      .slice(0, MAX_LENGTH)
      .trim() || 'document';
  let name = base;
  for (let copy = 2; taken.has(name); copy += 1) name = `${base} (${copy})`;
  taken.add(name);
  return name;
}
