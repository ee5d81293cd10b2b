export type PolicyPath = readonly (string | number)[];

/** Something that a check found, not yet located in the file. A warning is something that may be meant, but probably is not. */
export type Finding = { path: PolicyPath; message: string; at?: 'key' | 'value'; isWarning?: true };

/** Something wrong with a policy file, or worth a second look: where, what, and what to write instead. */
export type PolicyProblem = { file: string; line: number; column: number; path: string; message: string };

/** A finding that does not keep a policy from being compiled. */
export function warning(path: PolicyPath, message: string, at: 'key' | 'value' = 'value'): Finding {
  return { path, message, at, isWarning: true };
}

/** `['routes', 'default', 'candidates', 0]` as `routes.default.candidates[0]`. */
export function formatPolicyPath(path: PolicyPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? nameOf(part) : `${text}.${nameOf(part)}`;
  }, '');
}

/** A key that was written without a space after the colon has become a part of the field's name. */
function nameOf(part: string): string {
  return part.startsWith('apiKey:') ? 'apiKey' : part;
}
