import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Model } from './model.ts';
import { modelData } from './model-data.ts';

const byId = new Map(modelData.map((model) => [model.id, model]));
const each = modelData.map((model) => [model.id, model] as const);

/** Every value of the record with its path. */
function* valuesOf(value: unknown, path = ''): Generator<[path: string, value: unknown]> {
  yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) yield* valuesOf(member, `${path}/${name}`);
}

describe('the data', () => {
  it('has the models of every file', () => {
    const files = readdirSync(new URL('../data', import.meta.url));
    expect(new Set(modelData.map(({ provider }) => `${provider.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.json`))).toEqual(
      new Set(files),
    );
    expect(modelData).toHaveLength(165);
  });

  it('gives no name to two models', () => {
    const names = modelData.flatMap(({ id, aliases, profiles }) => [id, ...aliases, ...profiles.map((profile) => profile.id)]);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  });
});

describe('the record of every model', () => {
  it.each(each)('%s has the shape of the schema', (_, model) => {
    expect(Model.safeParse(model).error?.issues ?? []).toEqual([]);
  });

  it('has days that exist', () => {
    const isDay = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
    const days = each.flatMap(([, model]) => [...valuesOf(model)].map(([, value]) => value).filter(isDay));
    expect(days.length).toBeGreaterThan(1000);
    expect(days.filter((day) => new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day)).toEqual([]);
  });

  it('has no price of 0: a price that is not known is null', () => {
    const prices = each.flatMap(([id, { prices }]) => [...valuesOf(prices)].map(([path, value]) => ({ at: `${id}${path}`, value })));
    expect(prices.filter(({ value }) => typeof value === 'number').length).toBeGreaterThan(800);
    expect(prices.filter(({ value }) => value === 0)).toEqual([]);
  });

  it('names a source and a day for its prices', () => {
    const priced = modelData.filter(({ prices }) => prices.inRegion || prices.global);
    expect(priced.length).toBeGreaterThan(120);
    expect(priced.filter(({ prices }) => prices.sources.length === 0 || prices.asOf === null).map(({ id }) => id)).toEqual([]);
  });

  it('names a source for its limits', () => {
    const limited = modelData.filter(({ limits }) => limits.contextTokens !== null);
    expect(limited.filter(({ limits }) => limits.source === null || limits.confidence === null).map(({ id }) => id)).toEqual([]);
  });

  it('has an output that fits its context', () => {
    const tooLong = modelData.filter(({ limits }) => (limits.maxOutputTokens ?? 0) > (limits.contextTokens ?? Number.POSITIVE_INFINITY));
    expect(tooLong.map(({ id }) => id)).toEqual([]);
  });

  it('is charged more for a long input than for a short one, and never beyond its context', () => {
    for (const { prices, limits } of modelData) {
      for (const rates of [prices.inRegion, prices.global]) {
        if (!rates?.longContext) continue;
        expect(rates.longContext.thresholdTokens).toBeLessThan(limits.contextTokens ?? 0);
        if (rates.longContext.inputPerMTokens !== null)
          expect(rates.longContext.inputPerMTokens).toBeGreaterThan(rates.inputPerMTokens ?? 0);
      }
    }
  });

  it('has profiles whose ids are prefix and model id', () => {
    const profiles = modelData.flatMap(({ id, profiles }) => profiles.map((profile) => ({ ...profile, model: id })));
    expect(profiles).toHaveLength(136);
    expect(profiles.filter(({ id, prefix, model }) => id !== `${prefix}.${model}`)).toEqual([]);
    expect(profiles.filter(({ prefix, scope }) => (prefix === 'global') !== (scope === 'global'))).toEqual([]);
  });

  it('has a successor that exists and has not ended', () => {
    const successors = modelData.flatMap(({ lifecycle }) => (lifecycle.successor === null ? [] : [lifecycle.successor]));
    expect(successors.length).toBeGreaterThan(30);
    expect(successors.filter((id) => !byId.has(id) || byId.get(id)?.lifecycle.stage === 'ended')).toEqual([]);
  });

  it('ended on or before the day that its stage was computed for, if it has ended', () => {
    const ended = modelData.filter(({ lifecycle }) => lifecycle.stage === 'ended' && lifecycle.endsOn !== null);
    expect(ended.length).toBeGreaterThan(15);
    expect(ended.filter(({ lifecycle }) => (lifecycle.endsOn ?? '') > '2026-11-20').map(({ id }) => id)).toEqual([]);
    const alive = modelData.filter(({ lifecycle }) => lifecycle.stage !== 'ended' && lifecycle.endsOn !== null);
    expect(alive.filter(({ lifecycle }) => (lifecycle.endsOn ?? '') <= '2026-11-20').map(({ id }) => id)).toEqual([]);
  });

  it('names models that exist as its teachers and students', () => {
    const others = modelData.flatMap(({ customization: { distillation } }) => [
      ...(distillation?.teacherFor ?? []),
      ...(distillation?.studentOf ?? []),
    ]);
    expect(others.length).toBeGreaterThan(20);
    expect(others.filter((id) => !byId.has(id))).toEqual([]);
  });

  it('is offered wherever it can be called', () => {
    const stray = modelData.flatMap(({ id, regions, onDemandRegions }) =>
      (onDemandRegions ?? []).filter((region) => !regions?.includes(region)).map((region) => [id, region]),
    );
    expect(stray).toEqual([]);
  });
});
