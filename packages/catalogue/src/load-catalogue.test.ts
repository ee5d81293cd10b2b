import { describe, expect, it } from 'vitest';
import { CatalogueOverridesError, type OverrideProblem } from './catalogue-overrides-error.ts';
import { loadCatalogue } from './load-catalogue.ts';
import { Model } from './model.ts';
import { priceOf } from './price-of.ts';
import { resolveModel } from './resolve-model.ts';

const lite = 'amazon.nova-lite-v1:0';
const custom = { name: 'House Nova', provider: 'Acme', inputModalities: ['text'], outputModalities: ['text'], apis: ['converse'] };

function problemsOf(overrides: unknown): readonly OverrideProblem[] {
  try {
    loadCatalogue({ overrides });
  } catch (error) {
    if (error instanceof CatalogueOverridesError) return error.problems;
    throw error;
  }
  return [];
}

function loadWith(id: string, change: object): Model {
  const found = resolveModel(loadCatalogue({ overrides: { models: { [id]: change } } }), id);
  if (found.kind === 'unknown') throw new Error(`${id} was not added`);
  return found.model;
}

describe('loadCatalogue', () => {
  it('makes the shipped catalogue once', () => {
    expect(loadCatalogue()).toBe(loadCatalogue({}));
    expect(loadCatalogue()).toBe(loadCatalogue({ overrides: null }));
    expect(loadCatalogue().models).toHaveLength(165);
  });

  it('leaves the shipped catalogue as it was', () => {
    const before = JSON.stringify(loadCatalogue().models);
    loadWith(lite, { limits: { contextTokens: 7000, maxOutputTokens: 7 }, capabilities: { reasoning: true }, aliases: ['x'] });
    expect(JSON.stringify(loadCatalogue().models)).toBe(before);
  });

  it('merges fields, and replaces lists', () => {
    const shipped = loadWith(lite, {});
    const model = loadWith(lite, { capabilities: { reasoning: true }, strengths: ['cheap'], lifecycle: { endsOn: '2027-03-01' } });
    expect(model).toEqual({
      ...shipped,
      capabilities: { ...shipped.capabilities, reasoning: true },
      strengths: ['cheap'],
      lifecycle: { ...shipped.lifecycle, endsOn: '2027-03-01' },
    });
  });

  it('names the policy as the source of limits that it overrides', () => {
    expect(loadWith(lite, { limits: { maxOutputTokens: 5000 } }).limits).toEqual({
      contextTokens: 300_000,
      maxOutputTokens: 5000,
      source: { name: 'catalogue overrides of the policy', date: null },
      confidence: null,
    });
  });

  it('replaces a price as a whole, and keeps the others', () => {
    const model = loadWith('openai.gpt-5.4', { prices: { inRegion: { inputPerMTokens: 2, outputPerMTokens: 12 } } });
    expect(priceOf(model, { region: 'us-east-1' })).toEqual({
      price: {
        inputPerMTokens: 2,
        outputPerMTokens: 12,
        cacheReadPerMTokens: null,
        cacheWritePerMTokens: null,
        cacheWrite1hPerMTokens: null,
        longContext: { thresholdTokens: 272_000, inputPerMTokens: null, outputPerMTokens: null },
      },
      basis: 'price in us-east-1; catalogue overrides of the policy',
      isEstimate: false,
    });
    expect(model.prices.global).toEqual(loadWith('openai.gpt-5.4', {}).prices.global);
  });

  it('adds a model of which little is said, with all else not known', () => {
    const model = loadWith('acme.house-nova', custom);
    expect(Model.safeParse(model).error).toBeUndefined();
    expect(model).toMatchObject({ ...custom, id: 'acme.house-nova', limits: { contextTokens: null }, lifecycle: { stage: 'unknown' } });
    expect(Object.values(model.capabilities).every((answer) => answer === null)).toBe(true);
    expect(priceOf(model, { region: 'eu-west-1' }).price).toEqual({ inputPerMTokens: null, outputPerMTokens: null });
  });

  it('adds a model with prices, profiles and an alias', () => {
    const profile = {
      id: 'eu.acme.house-nova',
      prefix: 'eu',
      scope: 'geo',
      sourceRegions: ['eu-west-1'],
      destinationRegions: ['eu-west-1'],
    };
    const overrides = {
      models: {
        'acme.house-nova': {
          ...custom,
          aliases: ['house'],
          profiles: [profile],
          prices: { global: { inputPerMTokens: 1, outputPerMTokens: 2 } },
        },
      },
    };
    const catalogue = loadCatalogue({ overrides });
    expect(resolveModel(catalogue, 'house')).toMatchObject({ kind: 'found', model: { id: 'acme.house-nova' } });
    expect(resolveModel(catalogue, 'eu.acme.house-nova')).toMatchObject({ kind: 'found', profile });
    expect(catalogue.models).toHaveLength(166);
  });

  it('adds a whole record of the shipped shape under a name of its own, with the policy as source of its figures', () => {
    const { id: _, aliases: __, profiles: ___, ...record } = loadWith(lite, {});
    const copy = loadWith('acme.copy', record);
    const source = { name: 'catalogue overrides of the policy', date: null };
    expect(copy).toEqual({
      ...record,
      id: 'acme.copy',
      aliases: [],
      profiles: [],
      prices: {
        ...record.prices,
        inRegion: { ...record.prices.inRegion, source },
        tiers: { batch: { ...record.prices.tiers.batch, source } },
      },
    });
  });
});

describe('mistakes in overrides', () => {
  it.each<[name: string, overrides: unknown, problems: string[]]>([
    ['a document that is a list', [], [': must be a mapping of fields']],
    [
      'a section that is not known',
      { model: {} },
      [': has fields that the catalogue does not know: model; leave them out, or correct their names'],
    ],
    ['a model that is not a mapping', { models: { [lite]: 5 } }, [`models > ${lite}: must be a mapping of fields`]],
    [
      'a field that is not known',
      { models: { [lite]: { contextTokens: 5 } } },
      [`models > ${lite}: has fields that the catalogue does not know: contextTokens; leave them out, or correct their names`],
    ],
    [
      'a field within that is not known',
      { models: { [lite]: { limits: { context: 5 } } } },
      [`models > ${lite} > limits: has fields that the catalogue does not know: context; leave them out, or correct their names`],
    ],
    [
      'a capability that is not known',
      { models: { [lite]: { capabilities: { toolUse: true } } } },
      [`models > ${lite} > capabilities: has fields that the catalogue does not know: toolUse; leave them out, or correct their names`],
    ],
    [
      'a value of another type',
      { models: { [lite]: { limits: { contextTokens: '300k' } } } },
      [`models > ${lite} > limits > contextTokens: must be a number`],
    ],
    [
      'a part of a token',
      { models: { [lite]: { limits: { contextTokens: 1.5 } } } },
      [`models > ${lite} > limits > contextTokens: must be a whole number`],
    ],
    [
      'a negative price',
      { models: { [lite]: { prices: { global: { inputPerMTokens: -1 } } } } },
      [`models > ${lite} > prices > global > inputPerMTokens: must be at least 0`],
    ],
    [
      'a word that is none of the choice',
      { models: { [lite]: { apis: ['chat'] } } },
      [`models > ${lite} > apis > 0: must be one of: converse, invoke, async-invoke, bidirectional-stream, mantle`],
    ],
    [
      'a date in another form',
      { models: { [lite]: { lifecycle: { endsOn: '1.3.2027' } } } },
      [`models > ${lite} > lifecycle > endsOn: must be a date in the form YYYY-MM-DD`],
    ],
    [
      'another id',
      { models: { [lite]: { id: 'x' } } },
      [`models > ${lite} > id: the key "${lite}" is the model's id; leave the field id out`],
    ],
    [
      'a typing error in an id',
      { models: { 'amazon.nova-lite-v1': { name: 'Lite' } } },
      [
        `models > amazon.nova-lite-v1: is not in the catalogue, and a new model needs also provider, inputModalities, outputModalities, apis; if "${lite}" is meant, write that id`,
      ],
    ],
    [
      'a name that another model has',
      { models: { 'acme.x': { ...custom, aliases: [lite] } } },
      [`models > acme.x: has the name "${lite}", which is that of the model ${lite}`],
    ],
    [
      'a successor that is not there',
      { models: { [lite]: { lifecycle: { successor: 'amazon.nova-lite-v9:0' } } } },
      [`models > ${lite} > lifecycle > successor: "amazon.nova-lite-v9:0" is not in the catalogue; if "${lite}" is meant, write that id`],
    ],
    [
      'an output that does not fit',
      { models: { [lite]: { limits: { maxOutputTokens: 300_001 } } } },
      [`models > ${lite} > limits > maxOutputTokens: is more than contextTokens (300000)`],
    ],
    [
      'a profile of another model',
      { models: { [lite]: { profiles: [{ id: 'eu.other', prefix: 'eu', scope: 'geo', sourceRegions: null, destinationRegions: null }] } } },
      [`models > ${lite} > profiles > 0 > id: must be prefix and model id: eu.${lite}`],
    ],
  ])('%s is named, with what to do', (_, overrides, problems) => {
    expect(problemsOf(overrides).map(({ path, message }) => `${path.join(' > ')}: ${message}`)).toEqual(problems);
  });

  it('are all reported at once, each on a line of the message', () => {
    const overrides = { model: {}, models: { [lite]: { limits: { contextTokens: 'x' }, name: 5 }, 'acme.x': {}, 'xai.grok-4.7': 'no' } };
    expect(problemsOf(overrides).map(({ path }) => path.join(' > '))).toEqual([
      'models > xai.grok-4.7',
      '',
      `models > ${lite} > name`,
      `models > ${lite} > limits > contextTokens`,
      'models > acme.x',
    ]);
    expect(() => loadCatalogue({ overrides })).toThrow(/cannot be used:(\n {2}(models|the document)[^\n]+){5}$/);
  });
});
