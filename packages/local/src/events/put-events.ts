import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import type { Log } from '../service.ts';
import type { Deliver } from './deliver-event.ts';
import { DEFAULT_BUS, type EventBusStore, invalid } from './event-bus-store.ts';
import type { EventEnvelope } from './event-rule.ts';
import { type JsonOperation, operation } from './json-operations.ts';

const Entry = z.object({
  Time: z.optional(z.number()),
  Source: z.optional(z.string()),
  Resources: z.optional(z.array(z.string())),
  DetailType: z.optional(z.string()),
  Detail: z.optional(z.string()),
  EventBusName: z.optional(z.string()),
});
type Entry = z.infer<typeof Entry>;

type EntryError = { ErrorCode: string; ErrorMessage: string };

const MAX_ENTRIES = 10;
const MAX_REQUEST_BYTES = 1_048_576;
const TIME_BYTES = 14;

/** `PutEvents`: wrong entries fail one by one with 200; the others are in their queues when it answers. */
export function putEventsOperation(input: {
  store: EventBusStore;
  deliver: Deliver;
  region: string;
  accountId: string;
  log: Log;
}): JsonOperation {
  return operation(z.object({ Entries: z.array(Entry) }), async ({ Entries }) => {
    checkRequest(Entries);
    const results = await Promise.all(Entries.map((entry) => putEntry(entry, input)));
    return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
  });
}

/** Sends an event to the targets of every rule of its bus that matches. */
async function publish({
  event,
  busName,
  store,
  deliver,
}: {
  event: EventEnvelope;
  busName: string;
  store: EventBusStore;
  deliver: Deliver;
}): Promise<void> {
  const deliveries = store.match(busName, event).flatMap((rule) => rule.targets.map((target) => deliver({ event, rule, target })));
  await Promise.all(deliveries);
}

/** EventBridge writes times to the second. */
export function eventTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function checkRequest(entries: Entry[]): void {
  if (entries.length < 1 || entries.length > MAX_ENTRIES) {
    throw invalid(
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have between 1 and ${MAX_ENTRIES} entries, not ${entries.length}`,
    );
  }
  const bytes = entries.reduce((total, entry) => total + entryBytes(entry), 0);
  if (bytes >= MAX_REQUEST_BYTES)
    throw invalid(`Total size of the entries in the request is over the limit: ${bytes} of ${MAX_REQUEST_BYTES} bytes.`);
}

/** As AWS counts. */
function entryBytes({ Time, Source = '', DetailType = '', Detail = '', Resources = [] }: Entry): number {
  return [Source, DetailType, Detail, ...Resources].reduce(
    (total, text) => total + Buffer.byteLength(text),
    Time === undefined ? 0 : TIME_BYTES,
  );
}

async function putEntry(entry: Entry, input: Parameters<typeof putEventsOperation>[0]): Promise<EntryError | { EventId: string }> {
  const checked = checkEntry(entry);
  if ('ErrorCode' in checked) return checked;
  const event: EventEnvelope = {
    version: '0',
    id: randomUUID(),
    'detail-type': checked.detailType,
    source: checked.source,
    account: input.accountId,
    time: eventTime(entry.Time === undefined ? Date.now() : entry.Time * 1000),
    region: input.region,
    resources: entry.Resources ?? [],
    detail: checked.detail,
  };
  const bus = input.store.findBus(entry.EventBusName ?? DEFAULT_BUS);
  if (bus === undefined) {
    // AWS accepts and drops such an event without a word; here at least it is said.
    input.log({
      level: 'error',
      source: 'events',
      message: `Event ${event.id} (${event['detail-type']}) is DROPPED: there is no event bus ${entry.EventBusName}.`,
    });
  } else {
    await publish({ event, busName: bus.name, store: input.store, deliver: input.deliver });
  }
  return { EventId: event.id };
}

function checkEntry({ Source, DetailType, Detail }: Entry): EntryError | { source: string; detailType: string; detail: unknown } {
  if (!Source) return missing('Source');
  if (!DetailType) return missing('DetailType');
  if (!Detail) return missing('Detail');
  if (Source.startsWith('aws.')) return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  const detail = parseDetail(Detail);
  return detail === undefined
    ? { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
    : { source: Source, detailType: DetailType, detail };
}

function missing(name: string): EntryError {
  return { ErrorCode: 'InvalidArgument', ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.` };
}

/** Only an object is a detail. */
function parseDetail(text: string): object | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? detail : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
