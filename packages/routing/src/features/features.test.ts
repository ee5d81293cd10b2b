import type { ContentBlock } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { featuresOf } from './features.ts';

const image: ContentBlock = { image: { format: 'png', source: { bytes: 'AAAA' } } };
const document: ContentBlock = { document: { format: 'pdf', name: 'Secret plan', source: { bytes: 'AAAA' } } };
const video: ContentBlock = { video: { format: 'mp4', source: { bytes: 'AAAA' } } };
const asMessages = (...content: ContentBlock[]) => ({ messages: [{ role: 'user' as const, content }] });

describe('featuresOf', () => {
  it.each([
    ['text', asMessages({ text: 'Hi' }), ['text']],
    ['an image alone', asMessages(image), ['image']],
    ['media in any order', asMessages(video, { text: 'Look' }, document, image, image), ['text', 'image', 'document', 'video']],
    ['system text beside an image', { ...asMessages(image), system: [{ text: 'Be brief.' }] }, ['text', 'image']],
    ['a tool result', asMessages({ toolResult: { toolUseId: 't', content: [{ json: 1 }] } }), ['text']],
    ['a cache point, which is no content', asMessages(image, { cachePoint: { type: 'default' } }), ['image']],
    ['an input to embed', { input: ['one', 'two'] }, ['text']],
    ['nothing', {}, []],
  ])('names the modalities of %s', (_, request, expected) => {
    expect(featuresOf(request).inputModalities).toEqual(expected);
  });

  it('keeps labels and says whether tools are offered, and nothing of the content', () => {
    const toolConfig = { tools: [{ toolSpec: { name: 'secret_tool', inputSchema: { json: {} } } }] };
    const features = featuresOf({ ...asMessages({ text: 'secret' }, document), toolConfig, labels: { campaign: 'spring' } });
    expect(features).toEqual({ inputModalities: ['text', 'document'], hasTools: true, labels: { campaign: 'spring' } });
    expect(featuresOf(asMessages({ text: 'Hi' }))).toEqual({ inputModalities: ['text'], hasTools: false });
  });
});
