/** What a scope can be of. */
export type ScopeKind = 'route' | 'model' | 'target';

const SCOPE = /^(?:\*|(?:route|model|target):(?:\*|[^\s,*]{1,256}))$/;

/** True for `*`, and for `route:`, `model:` or `target:` with a name, or with `*` for all of that kind. */
export function isScope(text: string): boolean {
  return SCOPE.test(text);
}

/** Whether a key with these scopes may ask for something by its name. */
export function isInScope(scopes: readonly string[], kind: ScopeKind, name: string): boolean {
  return scopes.includes('*') || scopes.includes(`${kind}:*`) || scopes.includes(`${kind}:${name}`);
}
