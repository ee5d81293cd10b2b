import { describe, expect, it } from 'vitest';
import { inlineImages, type ReadImage } from './inline-images.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex').toString('base64');
const image = (url: unknown) => ({ type: 'image_url', image_url: { url } });
const chat = (...content: unknown[]) => ({ model: 'default', messages: [{ role: 'user', content }] });

async function inline(body: unknown, read: Awaited<ReturnType<ReadImage>> = { base64: PNG }) {
  const keys: string[] = [];
  const readImage: ReadImage = async (key) => {
    keys.push(key);
    return read;
  };
  await inlineImages(body, { tenant: 'acme', bucket: 'data', readImage });
  return keys;
}

describe('an image in S3', () => {
  it('is put in as what its bytes say it is', async () => {
    const body = chat(
      { type: 'text', text: 'What is this?' },
      image('s3://data/payloads/acme/one'),
      image('data:image/gif;base64,R0lGODlh'),
    );
    expect(await inline(body)).toEqual(['payloads/acme/one']);
    expect(body.messages[0]?.content).toEqual([
      { type: 'text', text: 'What is this?' },
      image(`data:image/png;base64,${PNG}`),
      image('data:image/gif;base64,R0lGODlh'),
    ]);
  });

  it.each([
    's3://data/payloads/other/one',
    's3://other/payloads/acme/one',
    's3://data/payloads/acme/../other/one',
    's3://data/payloads/acme/%2e%2e%2fother',
    's3://data/payloads/acme//one',
    's3://data/payloads/acme',
    's3://data/outputs/acme/one',
    's3://data',
    's3://',
  ])('of anybody else is refused before anything is read: %s', async (url) => {
    const keys = inline(chat(image('s3://data/payloads/acme/one'), image(url)));
    await expect(keys).rejects.toMatchObject({ status: 400, parameter: 'messages[0].content[1].image_url.url' });
  });

  it.each([
    ['missing', /not there/],
    ['too-large', /larger/],
    [{ base64: Buffer.from('<svg/>').toString('base64') }, /no image/],
  ] as const)('that is %j is refused by name', async (read, message) => {
    await expect(inline(chat(image('s3://data/payloads/acme/one')), read)).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(message),
    });
  });

  it('is one of at most twenty', async () => {
    const many = Array.from({ length: 21 }, () => image('s3://data/payloads/acme/one'));
    await expect(inline(chat(...many))).rejects.toMatchObject({ parameter: 'messages' });
  });

  it.each([null, 7, 'x', [], { messages: 7 }, { messages: [null, { content: [null, 7, { image_url: 's3://x' }, image(7)] }] }])(
    'is not looked for where there is none: %j',
    async (body) => {
      expect(await inline(body)).toEqual([]);
    },
  );
});
