import { ApplyGuardrailCommand, type BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { Guard, GuardQuestion, GuardVerdict } from '@signalbox/contracts';
import { type BedrockClientOptions, createBedrockClient } from '../bedrock/create-bedrock-client.ts';
import { mapBedrockError } from '../bedrock/map-bedrock-error.ts';
import { blockingPolicies } from './blocking-policies.ts';

/** A guardrail that is silent for longer than this is asked again, or taken for unknown. */
const TIMEOUT_MS = 5_000;
/** What one call takes, in characters; Bedrock bills text by thousands of them. */
const MAX_CHARACTERS = 20_000;

export type GuardOptions = BedrockClientOptions & { /** Milliseconds for one call. Default 5,000. */ timeoutMs?: number };

/**
 * Makes the function that asks Bedrock's guardrails about text, whoever's model it is for. It answers with a value whatever happens. Long text is asked
 * about in parts, one after another, which overlap, so that nothing hides on a seam.
 */
export function createGuard({ timeoutMs = TIMEOUT_MS, ...options }: GuardOptions = {}): Guard {
  const clients = new Map<string, BedrockRuntimeClient>();
  const clientOf = (region: string): BedrockRuntimeClient => {
    const client = clients.get(region) ?? createBedrockClient({ ...options, region });
    clients.set(region, client);
    return client;
  };
  return async (question) => {
    const client = clientOf(question.guardrail.region);
    for (const part of partsOf(question.texts)) {
      const verdict = await ask({ client, question, part, timeoutMs });
      if (verdict.kind !== 'passed') return verdict;
    }
    return { kind: 'passed' };
  };
}

type Asking = { client: BedrockRuntimeClient; question: GuardQuestion; part: string; timeoutMs: number };

async function ask({ client, question, part, timeoutMs }: Asking): Promise<GuardVerdict> {
  const { guardrail, source, signal } = question;
  const command = new ApplyGuardrailCommand({
    guardrailIdentifier: guardrail.id,
    guardrailVersion: guardrail.version,
    source: source === 'input' ? 'INPUT' : 'OUTPUT',
    content: [{ text: { text: part } }],
  });
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const { action, assessments } = await client.send(command, { abortSignal: AbortSignal.any([signal, late]) });
    if (action === 'NONE') return { kind: 'passed' };
    if (action === 'GUARDRAIL_INTERVENED') return { kind: 'blocked', reasons: blockingPolicies(assessments ?? []) };
    return { kind: 'unknown', error: 'UnknownGuardrailAction' };
  } catch (error) {
    if (late.aborted) return { kind: 'unknown', error: 'GuardrailTimeout' };
    return { kind: 'unknown', error: mapBedrockError({ error, now: Date.now(), hasBegun: false }).error };
  }
}

const OVERLAP = 500;

/** All texts as one, in parts that a call takes. */
function partsOf(texts: readonly string[]): string[] {
  const whole = texts.join('\n');
  const parts: string[] = [];
  for (let start = 0; start < whole.length; start += MAX_CHARACTERS - OVERLAP) {
    parts.push(whole.slice(start, start + MAX_CHARACTERS));
    if (start + MAX_CHARACTERS >= whole.length) break;
  }
  return parts;
}
