import { UnavailableError } from '@signalbox/runtime/errors';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startAws } from '../test-handler.ts';
import { createRemoveContent } from './content.ts';

/** S3's ListObjectsV2, two keys a page, and DeleteObjects. */
const s3 = {
  keys: new Set<string>(),
  refused: '',
  isDown: false,
  list(prefix: string): string {
    const found = [...s3.keys].filter((key) => key.startsWith(prefix)).toSorted();
    const contents = found.slice(0, 2).map((key) => `<Contents><Key>${key}</Key></Contents>`);
    return `<ListBucketResult><IsTruncated>${found.length > 2}</IsTruncated>${contents.join('')}</ListBucketResult>`;
  },
  delete(body: string): string {
    const keys = [...body.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = '']) => key);
    const errors = keys.filter((key) => key === s3.refused).map((key) => `<Error><Key>${key}</Key><Code>AccessDenied</Code></Error>`);
    for (const key of keys) if (key !== s3.refused) s3.keys.delete(key);
    return `<DeleteResult>${errors.join('')}</DeleteResult>`;
  },
};

let aws: Awaited<ReturnType<typeof startAws>>;
beforeAll(async () => {
  aws = await startAws(({ method, url: { pathname, searchParams }, body }) => {
    if (s3.isDown || !pathname.startsWith('/data')) return { status: 500, body: '' };
    return { body: method === 'POST' ? s3.delete(body) : s3.list(searchParams.get('prefix') ?? 'no prefix') };
  });
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
});
afterAll(() => aws.close());
beforeEach(() => {
  Object.assign(s3, { keys: new Set(['outputs/acme/1/a', 'outputs/acme/1/b', 'outputs/acme/1/c', 'outputs/acme/2/a', 'payloads/acme/1']) });
  Object.assign(s3, { refused: '', isDown: false });
});

const removeContent = createRemoveContent({ bucket: 'data' });

describe('removing content', () => {
  it('removes all under the prefixes, page by page, and the keys, and nothing else', async () => {
    await removeContent({ prefixes: ['outputs/acme/1/', 'stashed/acme/1/'], keys: ['payloads/acme/1'] });
    expect([...s3.keys]).toEqual(['outputs/acme/2/a']);
  });

  it('of what is not there is done', async () => {
    await removeContent({ prefixes: ['outputs/acme/9/'], keys: ['payloads/acme/9'] });
    expect(s3.keys.size).toBe(5);
  });

  it('rejects when one object stays', async () => {
    s3.refused = 'payloads/acme/1';
    await expect(removeContent({ prefixes: [], keys: ['payloads/acme/1'] })).rejects.toThrow('AccessDenied');
  });

  it('rejects as unavailable while S3 cannot be reached', async () => {
    s3.isDown = true;
    await expect(removeContent({ prefixes: ['outputs/acme/1/'], keys: [] })).rejects.toBeInstanceOf(UnavailableError);
    expect(s3.keys.size).toBe(5);
  });
});
