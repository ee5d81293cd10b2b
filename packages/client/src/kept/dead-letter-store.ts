import { DeleteObjectCommand, GetObjectCommand, NoSuchKey, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { JsonObject } from '@signalbox/contracts';
import { type HeldMessage, type KeptStore, parseBody, requestIdOf } from './kept-message.ts';

const PREFIX = 'dead-letters/';
const READERS = 10;

type Bucket = { client: S3Client; bucket: string };

/** Dead letters: objects of the data bucket, newest first. Reading them takes nothing away. */
export function createDeadLetterStore({ client, bucket }: Bucket): KeptStore {
  async function listKeys(signal: AbortSignal): Promise<{ key: string; at: number }[]> {
    const found: { key: string; at: number }[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: PREFIX })) {
      for (const { Key, LastModified } of Contents) if (Key?.endsWith('.json')) found.push({ key: Key, at: LastModified?.getTime() ?? 0 });
      if (signal.aborted) break;
    }
    return found.sort((left, right) => right.at - left.at);
  }

  /** Undefined when it was taken away meanwhile. */
  async function read({ key, at }: { key: string; at: number }): Promise<HeldMessage | undefined> {
    const text = await getText(key);
    if (text === undefined) return undefined;
    const where = `s3://${bucket}/${key}`;
    const { body, origin, acceptedAt, deferrals, attempts, groupId } = JsonObject.safeParse(parseBody(text)).data ?? {};
    if (typeof body !== 'string' || typeof origin !== 'string' || typeof acceptedAt !== 'number')
      throw new Error(`${where} is no dead letter. Look at it, and move it out of ${PREFIX}.`);
    return {
      ...{ origin, body, where, reason: 'dead-lettered', problems: 'every receive ended in a crash of its worker; its log says why' },
      requestId: requestIdOf(body) ?? origin,
      acceptedAt: new Date(acceptedAt),
      facts: {
        'kept at': new Date(at).toISOString(),
        ...{ deferrals: String(deferrals), attempts: String(attempts) },
        ...(typeof groupId === 'string' ? { group: groupId } : {}),
      },
      remove: async () => void (await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))),
    };
  }

  async function getText(key: string): Promise<string | undefined> {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return await Body?.transformToString();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  return {
    count: async () => (await listKeys(new AbortController().signal)).length,
    async *walk({ limit, signal }) {
      const keys = (await listKeys(signal)).slice(0, limit);
      for (let at = 0; at < keys.length && !signal.aborted; at += READERS) {
        const letters = await Promise.all(keys.slice(at, at + READERS).map(read));
        const there = letters.filter((letter) => letter !== undefined);
        if (there.length > 0) yield there;
      }
    },
  };
}
