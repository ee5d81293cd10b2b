/** A model call, or the name of a call this runtime does not simulate. */
export type ModelOperation =
  | { kind: 'converse' | 'converse-stream' | 'invoke'; modelId: string }
  /** Faults and attempts know it by the guardrail's id, as if that were a model. */
  | { kind: 'apply-guardrail'; modelId: string; version: string }
  | { kind: 'unsupported'; name: string };

const modelCall = /^\/model\/(.+)\/([a-z-]+)$/;

const guardrailCall = /^\/guardrail\/(.+)\/version\/([^/]+)\/apply$/;

const unsupported: [string, RegExp, string][] = [
  ['POST', /^\/model\/.+\/invoke-with-response-stream$/, 'InvokeModelWithResponseStream'],
  ['POST', /^\/model\/.+\/invoke-with-bidirectional-stream$/, 'InvokeModelWithBidirectionalStream'],
  ['POST', /^\/model\/.+\/count-tokens$/, 'CountTokens'],
  ['POST', /^\/guardrail-checks\/invoke$/, 'InvokeGuardrailChecks'],
  ['POST', /^\/async-invoke$/, 'StartAsyncInvoke'],
  ['GET', /^\/async-invoke\/.+$/, 'GetAsyncInvoke'],
  ['GET', /^\/async-invoke$/, 'ListAsyncInvokes'],
];

/** Reads which operation a method and URL call. The model id may be URL-encoded or hold raw slashes, as ARNs do. */
export function parseModelOperation(method: string, url: string): ModelOperation {
  const path = url.split('?', 1)[0] ?? url;
  const [, encodedId, action] = modelCall.exec(path) ?? [];
  const modelId = encodedId === undefined ? undefined : decode(encodedId);
  if (method === 'POST' && modelId !== undefined && (action === 'converse' || action === 'converse-stream' || action === 'invoke'))
    return { kind: action, modelId };
  const guardrail = method === 'POST' ? readGuardrail(path) : undefined;
  if (guardrail) return guardrail;
  const known = unsupported.find(([verb, pattern]) => verb === method && pattern.test(path));
  return { kind: 'unsupported', name: known?.[2] ?? `${method} ${path}` };
}

function readGuardrail(path: string): ModelOperation | undefined {
  const [, encodedId, encodedVersion] = guardrailCall.exec(path) ?? [];
  const modelId = encodedId === undefined ? undefined : decode(encodedId);
  const version = encodedVersion === undefined ? undefined : decode(encodedVersion);
  return modelId === undefined || version === undefined ? undefined : { kind: 'apply-guardrail', modelId, version };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
