import { guardsOutput, type Speaker, type StreamedAnswerResult } from '@signalbox/routing';
import type { StreamReply } from '@signalbox/runtime';
import type { Caller } from '../authenticate.ts';
import { createChunkWriter } from '../openai/create-chunk-writer.ts';
import { type ChatRequest, parseChatRequest } from '../openai/parse-chat-request.ts';
import { toChatCompletion } from '../openai/to-chat-completion.ts';
import { answerHeaders } from './answer-headers.ts';
import { type AnsweredNow, createAnswerNow, type PlacedRequest, placeRequest, type SyncPorts } from './answer-now.ts';
import { createEventStream, type EventStream } from './event-stream.ts';
import { findAsked } from './find-asked.ts';
import { refusalOf } from './refusal-of.ts';
import { endsAtOf } from './sync-time.ts';
import { toRefusalReply } from './to-refusal-reply.ts';

type Call = { caller: Caller; body: unknown; traceparent?: string | undefined; reply: StreamReply };

/** A chat completion under way. */
type Chat = { chat: ChatRequest; placed: PlacedRequest; reply: StreamReply; endsAt: number; created: number };

/**
 * Answers one chat completion, whole or as server-sent events. A stream of a route with `rescue: hold`, or whose answers a guardrail looks at, sends
 * nothing of an answer before it is whole; any other begins with the first token, and what breaks off then is told by an error event.
 */
export function createCompleteChat(ports: SyncPorts) {
  const answerNow = createAnswerNow(ports);
  return async function completeChat({ caller, body, traceparent, reply }: Call): Promise<void> {
    const chat = parseChatRequest(body);
    const { loaded, asked } = await findAsked(ports.table, { model: chat.model, operation: 'chat', scopes: caller.scopes });
    const id = `chatcmpl-${ports.newId()}`;
    const placed = placeRequest({ ...toRequest(chat), id, tenant: caller.tenant, ...(traceparent && { traceparent }) }, loaded, asked);
    const now = ports.now();
    const endsAt = endsAtOf({ now, remainingMs: reply.remainingMs, timeoutMs: chat.timeoutMs });
    const call = { chat, placed, reply, endsAt, created: Math.floor(now / 1_000) };
    const { settle } = await (chat.isStreamed ? stream(call) : whole(call));
    await settle();
  };

  async function whole(call: Chat): Promise<AnsweredNow> {
    const { placed, reply, endsAt, created } = call;
    const answered = await answerNow(placed, { endsAt, signal: reply.gone });
    const { result } = answered;
    if (result.kind !== 'answered') await refuse(call, result);
    else {
      const { id } = placed.request;
      const { output, stopReason, usage, servedBy } = result;
      const completion = toChatCompletion({ id, created, model: servedBy.model, output, stopReason, usage });
      await reply.send({ status: 200, body: completion, headers: headersOf(call, result) });
    }
    return answered;
  }

  async function stream(call: Chat): Promise<AnsweredNow> {
    const { chat, placed, reply, endsAt, created } = call;
    const { id } = placed.request;
    const writer = createChunkWriter({ id, created, includeUsage: chat.includeUsage });
    const events = createEventStream({ reply, comment: writer.comment(), headers: headersOf(call) });
    try {
      const onDelta = (delta: Parameters<typeof writer.delta>[0], speaker: Speaker) =>
        events.write(writer.delta(delta, speaker.servedBy.model), headersOf(call, speaker));
      const terms = { endsAt, signal: reply.gone, ...(mustBeWhole(placed) ? {} : { onDelta }) };
      const answered = await answerNow(placed, terms);
      await conclude({ call, writer, events, result: answered.result });
      return answered;
    } finally {
      events.quiet();
    }
  }
}

function mustBeWhole({ route }: PlacedRequest): boolean {
  return route.rescue === 'hold' || guardsOutput(route);
}

type Concluding = { call: Chat; writer: ReturnType<typeof createChunkWriter>; events: EventStream; result: StreamedAnswerResult };

async function conclude({ call, writer, events, result }: Concluding): Promise<void> {
  if (result.kind === 'answered') {
    const { output, stopReason, usage, servedBy } = result;
    const { model } = servedBy;
    const headers = headersOf(call, result);
    if (mustBeWhole(call.placed)) await events.write(writer.whole(output, model), headers);
    await events.write(writer.end({ stopReason, usage, model }), headers);
    return events.end();
  }
  events.quiet();
  if (!events.isOpen()) return refuse(call, result);
  const { error } = toRefusalReply(refusalOf(result), call.placed.request.id).body;
  await events.write(writer.fail(error), {});
  await events.end();
}

async function refuse(call: Chat, result: Exclude<StreamedAnswerResult, { kind: 'answered' }>): Promise<void> {
  const { status, body, headers } = toRefusalReply(refusalOf(result), call.placed.request.id);
  await call.reply.send({ status, body, headers: { ...headersOf(call, result), ...headers } });
}

function headersOf({ placed }: Chat, told: StreamedAnswerResult | Speaker | undefined = undefined): Record<string, string> {
  const { request, loaded } = placed;
  const attempts = told?.attempts ?? 0;
  const servedBy = told && 'servedBy' in told ? told.servedBy : undefined;
  const degradedFrom = told && ('degradedFrom' in told ? told.degradedFrom : 'degraded' in told ? told.degraded?.from : undefined);
  return answerHeaders({
    id: request.id,
    tableVersion: loaded.table.version,
    attempts: typeof attempts === 'number' ? attempts : attempts.length,
    servedBy,
    degradedFrom,
  });
}

function toRequest({ content, inferenceConfig, labels, sessionId, requirements, neededCapabilities }: ChatRequest) {
  const capabilities = [...(requirements?.capabilities ?? []), ...neededCapabilities];
  const required = capabilities.length > 0 ? { ...requirements, capabilities } : requirements;
  return {
    content,
    inferenceConfig,
    ...(labels && { labels }),
    ...(sessionId !== undefined && { sessionId }),
    ...(required && { requirements: required }),
  };
}
