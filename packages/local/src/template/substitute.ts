const VARIABLE = /\$\{(!?)([^}]*)\}/g;

/** Replaces each `${name}` of an `Fn::Sub` text; `${!name}` stays as a literal `${name}`. */
export function substitute(text: string, lookUp: (name: string) => unknown): string {
  return text.replaceAll(VARIABLE, (_all, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    const value = lookUp(name.trim());
    return Array.isArray(value) ? value.join(',') : String(value);
  });
}

/** The names that an `Fn::Sub` text asks for. */
export function variablesOf(text: string): string[] {
  return [...text.matchAll(VARIABLE)].filter(([, literal]) => !literal).map(([, , name]) => (name ?? '').trim());
}
