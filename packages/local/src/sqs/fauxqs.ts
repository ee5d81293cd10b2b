import type { buildApp } from 'fauxqs';

type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;
export type SqsStore = Stores['sqsStore'];
export type SnsStore = Stores['snsStore'];
export type S3Store = Stores['s3Store'];

/** What fauxqs answers or refuses an SQS action with; refusals are thrown. */
export type SqsAction = (
  parameters: Record<string, unknown>,
  store: SqsStore,
  request: { headers: { host: string; authorization: string } },
) => Promise<unknown> | unknown;

/** An SQS error as fauxqs throws it. */
type SqsRefusal = Error & { code: string; statusCode: number };

/** Writes state through to SQLite, and loads it again. */
export type Persistence = NonNullable<SqsStore['persistence']>;

/**
 * fauxqs offers persistence only behind `startFauxqs`, which listens on every interface. So its parts are taken by file,
 * which the exact version in package.json makes safe, and `fauxqs.test.ts` notices when a part is gone.
 */
const importPart = async (path: string): Promise<Record<string, unknown>> => import(new URL(path, import.meta.resolve('fauxqs')).href);

export async function newSqsStore(): Promise<SqsStore> {
  await allowAllOfUnicode();
  const { SqsStore } = (await importPart('./sqs/sqsStore.js')) as { SqsStore: new () => SqsStore };
  return new SqsStore();
}

/** SQS takes every character of XML 1.0; fauxqs 2.4.1 looks at half characters and so refuses those beyond U+FFFF: every emoji. */
async function allowAllOfUnicode(): Promise<void> {
  const { INVALID_MESSAGE_BODY_CHAR: shared } = (await importPart('./sqs/sqsTypes.js')) as { INVALID_MESSAGE_BODY_CHAR: RegExp };
  shared.test = (text: string) => NOT_XML.test(text);
}

const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

export async function newSnsStore(): Promise<SnsStore> {
  const { SnsStore } = (await importPart('./sns/snsStore.js')) as { SnsStore: new () => SnsStore };
  return new SnsStore();
}

export async function newS3Store(): Promise<S3Store> {
  const { S3Store } = (await importPart('./s3/s3Store.js')) as { S3Store: new () => S3Store };
  return new S3Store();
}

/** Opens the SQLite file in `directory`. */
export async function openPersistence(directory: string): Promise<Persistence> {
  const { PersistenceManager } = (await importPart('./persistence.js')) as { PersistenceManager: new (directory: string) => Persistence };
  const persistence = new PersistenceManager(directory);
  const { db } = persistence as unknown as { db: { exec(sql: string): void; prepare(sql: string): { run(...values: unknown[]): void } } };
  // With a write-ahead log this survives the death of the process, and does not wait for the disk on every message.
  db.exec('PRAGMA synchronous = NORMAL');
  // fauxqs 2.4.1 clears the receive count too, which its own schema forbids: a visibility of 0 would fail.
  const makeReady = db.prepare('UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL WHERE message_id = ?');
  persistence.updateMessageReady = (messageId: string) => makeReady.run(messageId);
  return persistence;
}

/** The implementation of one SQS operation, such as `SendMessage`. */
export async function loadSqsAction(operation: string): Promise<SqsAction> {
  const name = operation.charAt(0).toLowerCase() + operation.slice(1);
  const action = (await importPart(`./sqs/actions/${name}.js`))[name];
  if (typeof action !== 'function') throw new Error(`fauxqs has no action "${name}": is its version still the one in package.json?`);
  return action as SqsAction;
}

/** Whether something thrown by an action is an answer for the caller. */
export function isSqsRefusal(error: unknown): error is SqsRefusal {
  return error instanceof Error && error.name === 'SqsError';
}
