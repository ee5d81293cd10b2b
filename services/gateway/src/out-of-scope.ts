import type { ScopeKind } from '@signalbox/limits';
import { HttpError } from '@signalbox/runtime/errors';

/** The refusal of what a key may not ask; `parameter` is the field that names it. */
export function outOfScope({ kind, name, parameter }: { kind: ScopeKind; name: string; parameter: string }): HttpError {
  const shown = name.length > 100 ? `${name.slice(0, 99)}…` : name;
  const message = `This API key may not use the ${kind} "${shown}". Use one of its scopes, or ask for a key with the scope ${kind}:${shown}.`;
  return new HttpError({ status: 403, code: 'model_not_allowed', parameter, message });
}
