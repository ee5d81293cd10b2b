import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { ModelFailure, ModelReply, Usage } from '@signalbox/contracts';
import { estimateUsage } from '../estimate-usage.ts';
import { judgeEmbeddings } from '../judge-embeddings.ts';
import { makeFailure } from '../make-failure.ts';
import { StreamContentError } from '../stream-blocks.ts';
import { textsOf } from '../texts-of.ts';
import type { CallWatch } from '../watch-call.ts';
import { type EmbedFamily, embedFamilyOf } from './embed-families.ts';
import { invokeModel } from './invoke-model.ts';
import { mapBedrockError } from './map-bedrock-error.ts';
import type { BedrockCall } from './to-converse-input.ts';

/** Calls at once for the texts of one request, of a model that takes one text a call. */
const CALLS_AT_ONCE = 4;

type EmbedCall = { client: BedrockRuntimeClient; call: BedrockCall; watch: CallWatch };
type Part = { embeddings: unknown[]; usage: Usage };

/**
 * The vectors of all texts or of none: the first call that fails ends the others. The first-token limit holds until the
 * first vector is there, the idle limit between them. Never rejects.
 */
export async function callEmbed({ client, call, watch }: EmbedCall): Promise<ModelReply> {
  const texts = textsOf(call.content.input);
  if (!texts)
    return makeFailure({ outcome: 'rejected', error: 'InvalidInput', providerMessage: '`input` must be a text or a list of texts.' });
  const family = embedFamilyOf(call.target.model);
  if (!family) return makeFailure({ outcome: 'misconfigured', error: 'NoTextEmbeddings' });
  const parts: Part[] = [];
  try {
    await inLanes(toBatches(texts, family.textsPerCall), async (batch, position) => {
      parts[position] = await embedBatch({ client, call, watch, family, texts: batch });
      watch.sawEvent(true);
    });
  } catch (error) {
    watch.abandon();
    return failEmbed(error, sumUsage(parts));
  }
  return judgeEmbeddings({ embeddings: parts.flatMap(({ embeddings }) => embeddings), expected: texts.length, usage: sumUsage(parts) });
}

async function embedBatch({ client, call, watch, family, texts }: EmbedCall & { family: EmbedFamily; texts: string[] }): Promise<Part> {
  const { modelId, serviceTier } = call.target;
  const body = family.toBody(texts, call.content.additionalModelRequestFields ?? {});
  const { text, inputTokens } = await invokeModel({ client, modelId, serviceTier, body, signal: watch.signal });
  const reply = family.readReply(parse(text));
  const counted = reply.inputTokens ?? inputTokens;
  const usage = counted === undefined ? estimateUsage({ input: texts }, 0) : { inputTokens: counted, outputTokens: 0 };
  return { embeddings: reply.embeddings, usage };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StreamContentError('the reply of an embedding model is not JSON', { cause });
  }
}

function failEmbed(error: unknown, usage: Usage | undefined): ModelFailure {
  if (error instanceof StreamContentError) return makeFailure({ outcome: 'malformed', error: 'UnparseableAnswer', usage });
  return { ...mapBedrockError({ error, now: Date.now() }), ...(usage && { usage }) };
}

/** What all calls used together; an estimate as soon as one of them is. */
function sumUsage(parts: readonly Part[]): Usage | undefined {
  const usages = parts.filter(Boolean).map(({ usage }) => usage);
  if (usages.length === 0) return undefined;
  const inputTokens = usages.reduce((sum, usage) => sum + usage.inputTokens, 0);
  return { inputTokens, outputTokens: 0, ...(usages.some(({ estimated }) => estimated) && { estimated: true }) };
}

function toBatches(texts: string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(texts.length / size) }, (_, n) => texts.slice(n * size, (n + 1) * size));
}

/** Works through the items in order, a few at once; rejects with the first error, upon which the caller ends what still runs. */
async function inLanes<Item>(items: readonly Item[], work: (item: Item, position: number) => Promise<void>): Promise<void> {
  const remaining = items.entries();
  const lane = async (): Promise<void> => {
    for (const [position, item] of remaining) await work(item, position);
  };
  await Promise.all(Array.from({ length: Math.min(CALLS_AT_ONCE, items.length) }, lane));
}
