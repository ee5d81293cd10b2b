import type { InferenceContent } from '@signalbox/contracts';
import { describe, expect, it } from 'vitest';
import { featuresOf } from './features.ts';
import { readFeatures } from './read-features.ts';

const text = 'Please summarise this contract in three sentences.';
const tool = (name: string) => ({ toolSpec: { name, inputSchema: { json: {} } } });
const content: InferenceContent = {
  messages: [{ role: 'user', content: [{ text }, { image: { format: 'png', source: { bytes: 'AAAA' } } }] }],
  toolConfig: { tools: [tool('search'), tool('fetch')] },
};

describe('readFeatures', () => {
  it('reads every feature', () => {
    const requirements = { degrade: 'never' as const };
    const stated = {
      operation: 'chat' as const,
      tenant: 'acme',
      priority: 'bulk' as const,
      sessionId: 's',
      labels: { a: 'b' },
      requirements,
    };
    const features = readFeatures({ content, ...stated, inferenceConfig: { maxTokens: 100 } });
    expect(features).toMatchObject({
      ...stated,
      maxTokens: 100,
      inputModalities: ['text', 'image'],
      hasTools: true,
      tools: ['search', 'fetch'],
    });
    expect(features).toMatchObject({ language: 'en', text });
    expect(features.estimatedInputTokens).toBeGreaterThan(1_600);
  });

  it('has a default for what is not stated', () => {
    const features = readFeatures({ content: {}, tenant: 'acme' });
    expect(features).toMatchObject({
      operation: 'chat',
      labels: {},
      inputModalities: [],
      hasTools: false,
      tools: [],
      text: '',
    });
    expect(features).toMatchObject({
      priority: undefined,
      sessionId: undefined,
      requirements: undefined,
      maxTokens: undefined,
      language: undefined,
    });
    expect(features.estimatedInputTokens).toBe(0);
  });

  it('touches nothing of the content until it is asked, and then once', () => {
    const reads: string[] = [];
    const watched = new Proxy(content, {
      get(target, name: keyof InferenceContent) {
        reads.push(name);
        return target[name];
      },
    });
    const features = readFeatures({ content: watched, tenant: 'acme' });
    expect([features.tenant, features.operation, features.labels]).toEqual(['acme', 'chat', {}]);
    expect(reads).toEqual([]);
    const names = ['inputCharacters', 'estimatedInputTokens', 'language', 'text', 'inputModalities', 'tools'] as const;
    const first = names.map((name) => features[name]);
    const readsAtFirst = reads.length;
    expect(readsAtFirst).toBeGreaterThan(0);
    expect(names.map((name) => features[name])).toEqual(first);
    expect(reads).toHaveLength(readsAtFirst);
  });

  it('works a language out once, also when there is none', () => {
    let reads = 0;
    const counted: InferenceContent = {
      get messages() {
        reads++;
        return [{ role: 'user' as const, content: [{ text: 'hm' }] }];
      },
    };
    const features = readFeatures({ content: counted, tenant: 'acme' });
    expect([features.language, features.language]).toEqual([undefined, undefined]);
    expect(reads).toBe(1);
  });
});

describe('featuresOf a choice', () => {
  it('tells only what the choice asked for', () => {
    const features = readFeatures({ content, tenant: 'acme' });
    const request = { ...content, labels: { campaign: 'spring' } };
    const always = { inputModalities: ['text', 'image'], hasTools: true, labels: { campaign: 'spring' } };
    expect(featuresOf(request, { features })).toEqual(always);
    const { estimatedInputTokens } = features;
    expect(featuresOf(request, { features, rule: 'long' })).toEqual({ ...always, estimatedInputTokens, matchedRule: 'long' });
    expect(features.language).toBe('en');
    expect(featuresOf(request, { features })).toEqual({ ...always, estimatedInputTokens, language: 'en' });
  });

  it('leaves a language out that was not clear', () => {
    const features = readFeatures({ content: { input: 'hm' }, tenant: 'acme' });
    expect(features.language).toBeUndefined();
    expect(featuresOf({ input: 'hm' }, { features })).toEqual({ inputModalities: ['text'], hasTools: false });
  });
});
