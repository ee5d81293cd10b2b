import { MAX_PAYLOAD_BYTES, UploadTicket } from '@signalbox/contracts';
import { uploadRequest } from '@signalbox/contracts/samples';
import { describe, expect, it, vi } from 'vitest';
import { createCreateUpload } from './create-upload.ts';

function createFixture() {
  const sign = vi.fn(async ({ key }: { key: string }) => ({ url: `https://bucket/${key}?signed`, headers: { 'content-length': '7' } }));
  const createUpload = createCreateUpload({ sign, newId: () => '6ecd8c99', now: () => Date.parse('2026-09-21T15:33:20.000Z') });
  return { createUpload: (body: unknown) => createUpload({ tenant: 'acme', body }), sign };
}

describe('an upload', () => {
  it('is a link under the tenant’s prefix for these bytes, and the payload of a request', async () => {
    const { createUpload, sign } = createFixture();
    const ticket = await createUpload(uploadRequest);
    expect(UploadTicket.parse(ticket)).toEqual({
      upload: {
        method: 'PUT',
        url: 'https://bucket/payloads/acme/6ecd8c99?signed',
        headers: { 'content-length': '7' },
        expiresAt: '2026-09-21T15:48:20.000Z',
      },
      payload: { key: 'payloads/acme/6ecd8c99', sha256: uploadRequest.sha256 },
    });
    expect(sign).toHaveBeenCalledExactlyOnceWith({ key: 'payloads/acme/6ecd8c99', ...uploadRequest, expiresInSeconds: 900 });
  });

  it.each([
    ['too large', { ...uploadRequest, bytes: MAX_PAYLOAD_BYTES + 1 }, 'bytes'],
    ['empty', { ...uploadRequest, bytes: 0 }, 'bytes'],
    ['of half a byte', { ...uploadRequest, bytes: 2.5 }, 'bytes'],
    ['without a digest', { bytes: 7 }, 'sha256'],
    ['with a digest in capitals', { bytes: 7, sha256: 'A'.repeat(64) }, 'sha256'],
    ['with a key of its own', { ...uploadRequest, key: 'payloads/other/1' }, 'key'],
    ['that is no object', 'x', undefined],
  ])('%s is refused, and nothing is signed', async (_what, body, parameter) => {
    const { createUpload, sign } = createFixture();
    await expect(createUpload(body)).rejects.toMatchObject({ status: 400, code: 'invalid_request', parameter });
    expect(sign).not.toHaveBeenCalled();
  });

  it('may have the largest size', async () => {
    await expect(createFixture().createUpload({ ...uploadRequest, bytes: MAX_PAYLOAD_BYTES })).resolves.toBeDefined();
  });
});
