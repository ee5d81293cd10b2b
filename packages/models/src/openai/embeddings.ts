import type { JsonObject, ModelReply, Usage } from '@signalbox/contracts';
import { estimateUsage } from '../estimate-usage.ts';
import { judgeEmbeddings } from '../judge-embeddings.ts';
import { asCount, asList, asRecord } from '../read-json.ts';
import { mapOpenAiUsage } from './map-openai-usage.ts';
import { checkChunk } from './read-chunks.ts';

/** The body of `/embeddings`. The request's own fields, `dimensions` among them, go along. */
export function toEmbedBody({ texts, fields, model }: { texts: string[]; fields: JsonObject | undefined; model?: string }): JsonObject {
  return { ...fields, ...(model !== undefined && { model }), input: texts, encoding_format: 'float' };
}

/** Judges the reply to texts, in their order whatever the server's. Throws `ProviderError` for one that is an error. */
export function readEmbeddings(reply: unknown, texts: string[]): ModelReply {
  const { data, usage } = asRecord(checkChunk(reply));
  const rows = asList(data).map((row, position) => ({ position: asCount(asRecord(row).index) ?? position, row: asRecord(row) }));
  rows.sort((one, other) => one.position - other.position);
  return judgeEmbeddings({ embeddings: rows.map(({ row }) => row.embedding), expected: texts.length, usage: usageOf(usage, texts) });
}

/** A server that counts nothing has read the texts all the same. */
function usageOf(usage: unknown, texts: string[]): Usage {
  return mapOpenAiUsage(usage) ?? estimateUsage({ input: texts }, 0);
}
