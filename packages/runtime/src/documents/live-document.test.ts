import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLiveDocument, type Loaded } from './live-document.ts';

const SOFT_MS = 1_000;
const HARD_MS = 5_000;

type Document = { name: string; seq?: number };

/** A document whose loads the test answers one by one, and whose time the test sets. */
function createFixture({ initial = () => ({ name: 'initial' }) }: { initial?: () => Promise<Document> | Document } = {}) {
  const fixture = {
    time: 1_000_000,
    errors: [] as unknown[],
    initial: vi.fn(initial),
    load: vi.fn(() => new Promise<Loaded<Document>>((resolve, reject) => fixture.loads.push({ resolve, reject }))),
    loads: [] as { resolve: (loaded: Loaded<Document>) => void; reject: (error: unknown) => void }[],
    /** Answers the oldest load that waits, and lets what follows from it happen. */
    async answer(loaded: Loaded<Document> | Error) {
      const waiting = fixture.loads.shift();
      if (!waiting) throw new Error('no load waits for an answer');
      if (loaded instanceof Error) waiting.reject(loaded);
      else waiting.resolve(loaded);
      await turn();
    },
  };
  const document = createLiveDocument<Document>({
    load: fixture.load,
    initial: fixture.initial,
    softAgeMs: SOFT_MS,
    hardAgeMs: HARD_MS,
    now: () => fixture.time,
    onError: (error) => fixture.errors.push(error),
  });
  return Object.assign(fixture, { document });
}

/** A fixture that knows version `name` already. */
async function createLoaded(value: Document) {
  const fixture = createFixture();
  const first = fixture.document.get();
  await fixture.answer(versioned(value));
  await first;
  return fixture;
}

function versioned(value: Document): Loaded<Document> {
  return { kind: 'value', value, ...(value.seq === undefined ? {} : { seq: value.seq }) };
}

describe('the first value', () => {
  it('is loaded once for a hundred concurrent gets', async () => {
    const fixture = createFixture();
    const gets = Array.from({ length: 100 }, () => fixture.document.get());
    await fixture.answer(versioned({ name: 'first' }));
    expect(new Set((await Promise.all(gets)).map(({ name }) => name))).toEqual(new Set(['first']));
    expect(fixture.load).toHaveBeenCalledTimes(1);
    expect(fixture.initial).not.toHaveBeenCalled();
  });

  it('is the initial one when the load fails, made once for concurrent gets', async () => {
    const fixture = createFixture({ initial: async () => ({ name: 'initial' }) });
    const gets = [fixture.document.get(), fixture.document.get()];
    await fixture.answer(new Error('AppConfig is away'));
    expect(await Promise.all(gets)).toEqual([{ name: 'initial' }, { name: 'initial' }]);
    expect(fixture.initial).toHaveBeenCalledTimes(1);
    expect(fixture.errors).toEqual([new Error('AppConfig is away')]);
  });

  it('is the initial one when the source knows none', async () => {
    const fixture = createFixture();
    const get = fixture.document.get();
    await fixture.answer({ kind: 'unchanged' });
    expect(await get).toEqual({ name: 'initial' });
    expect(fixture.errors).toEqual([]);
  });

  it('that was initial gives way to the first one loaded, once the soft age has passed', async () => {
    const fixture = createFixture();
    const get = fixture.document.get();
    await fixture.answer(new Error('AppConfig is away'));
    await get;
    await fixture.document.get();
    expect(fixture.load).toHaveBeenCalledTimes(1);
    fixture.time += SOFT_MS;
    expect(await fixture.document.get()).toEqual({ name: 'initial' });
    await fixture.answer(versioned({ name: 'loaded', seq: 0 }));
    expect(await fixture.document.get()).toEqual({ name: 'loaded', seq: 0 });
  });

  it('is asked for again by the next get when neither load nor initial gave one', async () => {
    const fixture = createFixture({
      initial: () => {
        throw new Error('the snapshot is broken');
      },
    });
    const get = fixture.document.get();
    const refused = expect(get).rejects.toThrow('the snapshot is broken');
    await fixture.answer(new Error('AppConfig is away'));
    await refused;
    const again = fixture.document.get();
    await fixture.answer(versioned({ name: 'loaded' }));
    expect(await again).toEqual({ name: 'loaded' });
  });
});

describe('a known value', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is given without a load until its soft age', async () => {
    const fixture = await createLoaded({ name: 'one' });
    fixture.time += SOFT_MS - 1;
    expect(await fixture.document.get()).toEqual({ name: 'one' });
    expect(fixture.load).toHaveBeenCalledTimes(1);
  });

  it('past its soft age is given at once, while one load in the background fetches the next', async () => {
    const fixture = await createLoaded({ name: 'one' });
    fixture.time += SOFT_MS;
    const gets = await Promise.all(Array.from({ length: 100 }, () => fixture.document.get()));
    expect(new Set(gets.map(({ name }) => name))).toEqual(new Set(['one']));
    expect(fixture.load).toHaveBeenCalledTimes(2);
    await fixture.answer(versioned({ name: 'two' }));
    expect(await fixture.document.get()).toEqual({ name: 'two' });
  });

  it('past its hard age waits for the load', async () => {
    const fixture = await createLoaded({ name: 'one' });
    fixture.time += HARD_MS;
    const get = fixture.document.get();
    await fixture.answer(versioned({ name: 'two' }));
    expect(await get).toEqual({ name: 'two' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('past its hard age waits 150 ms at most for a load that hangs', async () => {
    const fixture = await createLoaded({ name: 'one' });
    fixture.time += HARD_MS;
    const settled = vi.fn();
    const get = fixture.document.get().finally(settled);
    await vi.advanceTimersByTimeAsync(149);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(await get).toEqual({ name: 'one' });
  });

  it('stays when a load fails, and is not asked for again before the next soft age', async () => {
    const fixture = await createLoaded({ name: 'one' });
    for (const failure of [new Error('first'), new Error('second')]) {
      fixture.time += SOFT_MS;
      expect(await fixture.document.get()).toEqual({ name: 'one' });
      await fixture.answer(failure);
      await Promise.all([fixture.document.get(), fixture.document.get()]);
    }
    expect(fixture.load).toHaveBeenCalledTimes(3);
    expect(fixture.errors.map(String)).toEqual(['Error: first', 'Error: second']);
  });

  it('is never replaced by one of a lower sequence', async () => {
    const fixture = await createLoaded({ name: 'seven', seq: 7 });
    for (const [loaded, standing] of [
      [{ name: 'six', seq: 6 }, 'seven'],
      [{ name: 'seven again', seq: 7 }, 'seven again'],
      [{ name: 'eight', seq: 8 }, 'eight'],
      [{ name: 'seven late', seq: 7 }, 'eight'],
    ] as const) {
      void fixture.document.refresh();
      await fixture.answer(versioned(loaded));
      expect((await fixture.document.get()).name).toBe(standing);
    }
  });

  it('is frozen to its leaves', async () => {
    const document = createLiveDocument({
      load: async () => ({ kind: 'value' as const, value: { routes: [{ name: 'default', limits: { ms: 1 } }], none: null } }),
      initial: () => ({ routes: [], none: null }),
      softAgeMs: 1,
      hardAgeMs: 2,
      onError: () => expect.unreachable(),
    });
    const { routes } = await document.get();
    expect(() => Object.assign(routes[0]?.limits ?? {}, { ms: 2 })).toThrow(TypeError);
    expect(() => routes.push({ name: 'other', limits: { ms: 1 } })).toThrow(TypeError);
  });

  it('is loaded again after a load that threw before it gave a promise', async () => {
    const load = vi.fn((): Promise<Loaded<Document>> => {
      if (load.mock.calls.length === 1) throw new Error('not even a promise');
      return Promise.resolve(versioned({ name: 'two' }));
    });
    const document = createLiveDocument<Document>({
      load,
      initial: () => ({ name: 'initial' }),
      softAgeMs: 1,
      hardAgeMs: 2,
      onError: () => undefined,
    });
    expect(await document.get()).toEqual({ name: 'initial' });
    await document.refresh();
    expect(await document.get()).toEqual({ name: 'two' });
  });
});

describe('over any sequence of loads and times', () => {
  type Step = { kind: 'get' } | { kind: 'wait'; ms: number } | { kind: 'answer'; result: { seq: number } | 'unchanged' | 'error' };
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constant({ kind: 'get' as const }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 500, SOFT_MS, HARD_MS, 60_000) }),
    fc.record({
      kind: fc.constant('answer' as const),
      result: fc.oneof(fc.record({ seq: fc.nat(20) }), fc.constantFrom('unchanged' as const, 'error' as const)),
    }),
  );

  it('gives only what was loaded or initial, in rising sequence, with one load at a time and at most one per soft age', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const run = createRun();
        for (const each of steps) await run.take(each);
        await run.finish();
        expect(run.seen).toEqual(run.seen.toSorted((a, b) => a - b));
        for (const seq of run.seen) expect(run.given).toContain(seq);
        expect(run.broken).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  /** The initial document has sequence -1. */
  function createRun() {
    const given = new Set([-1]);
    const seen: number[] = [];
    const broken: string[] = [];
    const gets: Promise<void>[] = [];
    let time = 0;
    let idleSince = Number.NEGATIVE_INFINITY;
    let open: PromiseWithResolvers<Loaded<{ seq: number }>> | undefined;
    const document = createLiveDocument<{ seq: number }>({
      load: () => {
        // The document catches what a load throws, so that a broken promise is noted here.
        if (open) broken.push('two loads at a time');
        if (time - idleSince < SOFT_MS) broken.push(`a load ${time - idleSince} ms after the last`);
        open = Promise.withResolvers();
        return open.promise;
      },
      initial: () => ({ seq: -1 }),
      softAgeMs: SOFT_MS,
      hardAgeMs: HARD_MS,
      maxWaitMs: 0,
      now: () => time,
      onError: () => undefined,
    });

    async function answer(result: { seq: number } | 'unchanged' | 'error') {
      if (!open) return;
      if (result === 'error') open.reject(new Error('away'));
      else if (result === 'unchanged') open.resolve({ kind: 'unchanged' });
      else {
        given.add(result.seq);
        open.resolve({ kind: 'value', value: { seq: result.seq }, seq: result.seq });
      }
      open = undefined;
      idleSince = time;
      await turn();
    }

    return {
      seen,
      given,
      broken,
      async take(each: Step) {
        if (each.kind === 'wait') time += each.ms;
        else if (each.kind === 'answer') await answer(each.result);
        else gets.push(document.get().then(({ seq }) => void seen.push(seq)));
        await turn();
      },
      async finish() {
        await answer('unchanged');
        await Promise.all(gets);
        expect(seen).toHaveLength(gets.length);
      },
    };
  }
});
