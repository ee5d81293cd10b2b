import type { Json } from '@signalbox/contracts';
import type { StreamReply } from '@signalbox/runtime';
import type { Caller } from '../authenticate.ts';
import { parseEmbeddingsRequest } from '../openai/parse-embeddings-request.ts';
import { toEmbeddingsList } from '../openai/to-embeddings-list.ts';
import { answerHeaders } from './answer-headers.ts';
import { createAnswerNow, placeRequest, type SyncPorts } from './answer-now.ts';
import { findAsked } from './find-asked.ts';
import { refusalOf } from './refusal-of.ts';
import { endsAtOf } from './sync-time.ts';
import { toRefusalReply } from './to-refusal-reply.ts';

type Call = { caller: Caller; body: unknown; traceparent?: string | undefined; reply: StreamReply };

/** Answers one request for embeddings: all of its vectors, or none. */
export function createCreateEmbeddings(ports: SyncPorts) {
  const answerNow = createAnswerNow(ports);
  return async function createEmbeddings({ caller, body, traceparent, reply }: Call): Promise<void> {
    const { model, encodingFormat, timeoutMs, ...content } = parseEmbeddingsRequest(body);
    const { loaded, asked } = await findAsked(ports.table, { model, operation: 'embed', scopes: caller.scopes });
    const id = `embd-${ports.newId()}`;
    const request = { ...content, id, tenant: caller.tenant, ...(traceparent && { traceparent }) };
    const endsAt = endsAtOf({ now: ports.now(), remainingMs: reply.remainingMs, timeoutMs });
    const { result, settle } = await answerNow(placeRequest(request, loaded, asked), { endsAt, signal: reply.gone });
    const told = { id, tableVersion: loaded.table.version, attempts: result.attempts.length };
    if (result.kind === 'answered') {
      const { output, usage, servedBy, degraded } = result;
      const vectors = toEmbeddingsList({ embeddings: embeddingsOf(output), encodingFormat, model: servedBy.model, usage });
      await reply.send({ status: 200, body: vectors, headers: answerHeaders({ ...told, servedBy, degradedFrom: degraded?.from }) });
    } else {
      const { status, body: refusal, headers } = toRefusalReply(refusalOf(result), id);
      await reply.send({ status, body: refusal, headers: { ...answerHeaders(told), ...headers } });
    }
    await settle();
  };
}

/** As adapters give them: `{ embeddings: number[][] }`. */
function embeddingsOf(output: Json): number[][] {
  const { embeddings } = output as { embeddings?: number[][] };
  if (!Array.isArray(embeddings)) throw new Error('An answer of an embedding model has no embeddings');
  return embeddings;
}
