import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  S3Client as RealClient,
  type S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { createDeadLetterStore } from './dead-letter-store.ts';
import type { HeldMessage } from './kept-message.ts';

const letter = (origin: string, own: object = {}) =>
  JSON.stringify({ origin, messageId: origin, body: `{"id":"r-${origin}"}`, deferrals: 2, attempts: 3, acceptedAt: 1_000, ...own });

/** A bucket in memory; the later a name comes in it, the newer its object. */
function createBucket(objects: Record<string, string>) {
  const client = Object.assign(new RealClient({ region: 'us-east-1' }), {
    send: async (command: unknown) => {
      if (command instanceof ListObjectsV2Command)
        return { Contents: Object.keys(objects).map((Key, index) => ({ Key, LastModified: new Date(index) })) };
      if (command instanceof DeleteObjectCommand) delete objects[command.input.Key ?? ''];
      if (!(command instanceof GetObjectCommand)) return {};
      const text = objects[command.input.Key ?? ''];
      if (text === undefined || text === 'gone') throw new NoSuchKey({ message: 'no', $metadata: {} });
      return { Body: { transformToString: async () => text } };
    },
  }) as unknown as S3Client;
  return { store: createDeadLetterStore({ client, bucket: 'data' }), objects };
}

async function walkAll(store: ReturnType<typeof createBucket>['store'], limit = 100) {
  const all: HeldMessage[] = [];
  for await (const messages of store.walk({ limit, signal: new AbortController().signal })) all.push(...messages);
  return all;
}

describe('createDeadLetterStore', () => {
  it('reads the newest first, passes over what is gone, and takes away what is removed', async () => {
    const { store, objects } = createBucket({
      'dead-letters/2026-01-01/a.json': letter('a'),
      'dead-letters/2026-01-01/gone.json': 'gone',
      'dead-letters/2026-01-02/b.json': letter('b', { body: 'not json', groupId: 'acme' }),
    });
    const all = await walkAll(store);
    expect(all).toMatchObject([
      { origin: 'b', requestId: 'b', reason: 'dead-lettered', where: 's3://data/dead-letters/2026-01-02/b.json', facts: { group: 'acme' } },
      { origin: 'a', requestId: 'r-a', acceptedAt: new Date(1_000), facts: { deferrals: '2', attempts: '3' } },
    ]);
    expect(await walkAll(store, 1)).toHaveLength(1);
    await all[1]?.remove();
    expect(Object.keys(objects)).toEqual(['dead-letters/2026-01-01/gone.json', 'dead-letters/2026-01-02/b.json']);
    expect(await store.count()).toBe(2);
  });

  it('names an object that is no dead letter', async () => {
    const { store } = createBucket({ 'dead-letters/2026-01-01/a.json': '{}' });
    await expect(walkAll(store)).rejects.toThrow('s3://data/dead-letters/2026-01-01/a.json is no dead letter');
  });
});
