import { describe, expect, it } from 'vitest';
import { parseChatRequest } from './parse-chat-request.ts';
import { refusalOf } from './testing/refusal-of.ts';
import { MEDIA, PDF_URL, PNG_URL } from './testing/sample-media.ts';

describe('a part of a message', () => {
  const partOf = (part: object, role = 'user') => ({ model: 'x', messages: [{ role, content: [{ type: 'text', text: 'look' }, part] }] });
  const image = (url: string) => ({ type: 'image_url', image_url: { url } });
  const file = (file_data: string, filename?: string) => ({ type: 'file', file: { file_data, ...(filename && { filename }) } });

  it.each([
    ['png', image(PNG_URL), { image: { format: 'png', source: { bytes: MEDIA.png } } }],
    ['jpeg', image(`data:image/jpeg;base64,${MEDIA.jpeg}`), { image: { format: 'jpeg', source: { bytes: MEDIA.jpeg } } }],
    ['jpg', image(`DATA:image/JPG;base64,${MEDIA.jpeg}`), { image: { format: 'jpeg', source: { bytes: MEDIA.jpeg } } }],
    ['gif', image(`data:image/gif;base64,${MEDIA.gif}`), { image: { format: 'gif', source: { bytes: MEDIA.gif } } }],
    ['webp', image(`data:image/webp;base64,${MEDIA.webp}`), { image: { format: 'webp', source: { bytes: MEDIA.webp } } }],
    ['pdf', file(PDF_URL, 'Report, v2.pdf'), { document: { format: 'pdf', name: 'Report v2', source: { bytes: MEDIA.pdf } } }],
    [
      'doc',
      file(`data:application/msword;base64,${MEDIA.doc}`),
      { document: { format: 'doc', name: 'document', source: { bytes: MEDIA.doc } } },
    ],
    [
      'csv',
      file(`data:text/csv;charset=utf-8;base64,${MEDIA.text}`, 'a.csv'),
      { document: { format: 'csv', name: 'a', source: { bytes: MEDIA.text } } },
    ],
  ])('is a %s by its type and its first bytes', (_what, part, block) => {
    expect(parseChatRequest(partOf(part)).content.messages?.[0]?.content).toEqual([{ text: 'look' }, block]);
  });

  it.each([
    ['a URL on the web', image('https://example.com/a.png'), 'image_url.url', /nothing here fetches a URL/],
    ['a URL in S3', image('s3://bucket/payloads/acme/a.png'), 'image_url.url', /only images are read from S3/],
    ['a file on disk', image('file:///etc/passwd'), 'image_url.url', /must be a data URL/],
    ['an image of another type', image(`data:image/png;base64,${MEDIA.jpeg}`), 'image_url.url', /first bytes/],
    ['an image that can run', image(`data:image/svg+xml;base64,${MEDIA.text}`), 'image_url.url', /png, jpeg, gif or webp/],
    ['a document as an image', image(PDF_URL), 'image_url.url', /png, jpeg, gif or webp/],
    ['data that is no base64', image('data:image/png;base64,%%%'), 'image_url.url', /base64/],
    ['base64 of a broken length', image(`data:image/png;base64,${MEDIA.png.replace(/=+$/, '').slice(0, 13)}`), 'image_url.url', /base64/],
    ['no data', image('data:image/png;base64,'), 'image_url.url', /base64/],
    ['data that is not base64', image('data:image/png,abc'), 'image_url.url', /must be a data URL/],
    ['a zip as pdf', file(`data:application/pdf;base64,${MEDIA.docx}`), 'file.file_data', /first bytes/],
    ['a program', file(`data:application/x-sh;base64,${MEDIA.text}`), 'file.file_data', /data URL of a pdf/],
  ])('is refused by name: %s', (_what, part, place, message) => {
    const refusal = refusalOf(() => parseChatRequest(partOf(part)));
    expect(refusal).toMatchObject({ code: 'invalid_request', parameter: `messages[0].content[1].${place}` });
    expect(refusal.message).toMatch(message);
  });

  it.each([
    ['audio', { type: 'input_audio', input_audio: { data: 'x', format: 'wav' } }, 'type'],
    ['a resolution', { type: 'image_url', image_url: { url: PNG_URL, detail: 'high' } }, 'image_url.detail'],
    ['a cache breakpoint', { type: 'text', text: 'x', prompt_cache_breakpoint: { mode: 'explicit' } }, 'prompt_cache_breakpoint'],
  ])('is not taken: %s', (_what, part, place) => {
    expect(refusalOf(() => parseChatRequest(partOf(part)))).toMatchObject({
      code: 'unsupported_parameter',
      parameter: `messages[0].content[1].${place}`,
    });
  });

  it('is no file that stands elsewhere, and no file without a word about it', () => {
    const stored = refusalOf(() => parseChatRequest(partOf({ type: 'file', file: { file_id: 'file-1' } })));
    expect(stored.message).toContain('messages[0].content[1].file.file_id must be absent: files are not stored here');
    const alone = { model: 'x', messages: [{ role: 'user', content: [file(PDF_URL)] }] };
    expect(refusalOf(() => parseChatRequest(alone))).toMatchObject({ parameter: 'messages[0].content' });
  });

  it('is an image or a file only where a user says it', () => {
    for (const role of ['system', 'assistant', 'tool'])
      expect(refusalOf(() => parseChatRequest(partOf(image(PNG_URL), role))).message).toContain('messages[0].content[1].type must be text');
  });

  it('is one of at most 20 images and 5 files', () => {
    const many = (part: object, count: number) => ({
      model: 'x',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'look' }, ...Array.from({ length: count }, () => part)] }],
    });
    expect(parseChatRequest(many(image(PNG_URL), 20)).content.messages?.[0]?.content).toHaveLength(21);
    expect(refusalOf(() => parseChatRequest(many(image(PNG_URL), 21)))).toMatchObject({ parameter: 'messages' });
    expect(refusalOf(() => parseChatRequest(many(file(PDF_URL), 6)))).toMatchObject({ parameter: 'messages' });
    const names = parseChatRequest(many(file(PDF_URL, 'a.pdf'), 3)).content.messages?.[0]?.content.map(({ document }) => document?.name);
    expect(names).toEqual([undefined, 'a', 'a (2)', 'a (3)']);
  });
});
