import { setImmediate as turn } from 'node:timers/promises';
import type { RoutingTable } from '@signalbox/contracts';
import { routingTable } from '@signalbox/contracts/samples';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeError } from '../telemetry.ts';
import { type AwsAnswer, type AwsCall, jsonAnswer, startAwsServer } from '../test-aws-server.ts';
import { createRoutingTableDocument } from './routing-table-document.ts';

/** AppConfig's data plane: sessions whose tokens work once, and a body only when the session has not had that version. */
const appConfig = {
  deployed: '',
  failing: undefined as AwsAnswer | undefined,
  /** Fails polls only; sessions start. */
  failingPolls: undefined as AwsAnswer | undefined,
  tokens: new Map<string, string | undefined>(),
  sessions: 0,
  polls: 0,
  received: 0,
  answer(call: AwsCall): AwsAnswer {
    if (appConfig.failing) return appConfig.failing;
    if (call.path === '/configurationsessions') return appConfig.startSession();
    return appConfig.poll(call.query.get('configuration_token') ?? '');
  },
  startSession(): AwsAnswer {
    appConfig.sessions++;
    return jsonAnswer({ InitialConfigurationToken: appConfig.issue(undefined) }, 201);
  },
  poll(token: string): AwsAnswer {
    appConfig.polls++;
    const known = appConfig.tokens.has(token);
    const seen = appConfig.tokens.get(token);
    appConfig.tokens.delete(token);
    if (appConfig.failingPolls) return appConfig.failingPolls;
    if (!known) return jsonAnswer({ __type: 'BadRequestException', Message: 'Token spent', Reason: 'InvalidParameters' }, 400);
    const isNew = seen !== appConfig.deployed;
    if (isNew) appConfig.received++;
    return {
      headers: { 'next-poll-configuration-token': appConfig.issue(appConfig.deployed), 'content-type': 'application/json' },
      body: isNew ? appConfig.deployed : '',
    };
  },
  issue(seen: string | undefined): string {
    const token = `token-${appConfig.sessions}-${appConfig.polls}`;
    appConfig.tokens.set(token, seen);
    return token;
  },
};

let close: () => Promise<void>;
beforeAll(async () => {
  ({ close } = await startAwsServer(appConfig.answer));
});
afterAll(() => close());
beforeEach(() => {
  appConfig.tokens.clear();
  Object.assign(appConfig, { deployed: '', failing: undefined, failingPolls: undefined, sessions: 0, polls: 0, received: 0 });
});

function table(version: string): RoutingTable {
  return { ...routingTable, version };
}

function createFixture({ copy }: { copy?: string | Error } = {}) {
  const errors: Error[] = [];
  const readCopy = vi.fn(async () => {
    if (copy instanceof Error) throw copy;
    return copy;
  });
  const document = createRoutingTableDocument({
    application: 'signalbox-test',
    environment: 'test',
    profile: 'routing-table',
    readCopy,
    snapshot: table('snapshot'),
    onError: (error) => errors.push(error as Error),
  });
  const version = async () => {
    const { table, source } = await document.get();
    return `${table.version} from ${source}`;
  };
  return { document, errors, readCopy, version };
}

describe('with AppConfig at hand', () => {
  it('gives the deployed table and says so, without looking at the copy', async () => {
    appConfig.deployed = JSON.stringify(table('one'));
    const { version, document, readCopy, errors } = createFixture({ copy: JSON.stringify(table('copy')) });
    expect(await version()).toBe('one from appconfig');
    expect((await document.get()).table).toEqual(table('one'));
    expect(readCopy).not.toHaveBeenCalled();
    expect(errors).toEqual([]);
  });

  it('keeps the very same table while the answer is empty, and takes the next release', async () => {
    appConfig.deployed = JSON.stringify(table('one'));
    const { version, document } = createFixture();
    const { table: first } = await document.get();
    await document.refresh();
    await document.refresh();
    expect((await document.get()).table).toBe(first);
    expect(appConfig).toMatchObject({ sessions: 1, polls: 3, received: 1 });
    appConfig.deployed = JSON.stringify(table('two'));
    await document.refresh();
    expect(await version()).toBe('two from appconfig');
  });

  it.each([
    ['is not JSON', '{ "version": ', /AppConfig is not JSON/],
    ['breaks its contract', JSON.stringify({ ...table('two'), classes: [] }), /not valid at classes/],
  ])(
    'keeps the last good table when the released one %s, at one receipt, and recovers in the same session',
    async (_what, broken, message) => {
      appConfig.deployed = JSON.stringify(table('one'));
      const { version, document, errors } = createFixture();
      await document.get();
      appConfig.deployed = broken;
      await document.refresh();
      await document.refresh();
      expect(await version()).toBe('one from appconfig');
      expect(errors.map(({ name }) => name)).toEqual(['ContractError', 'ContractError']);
      expect(errors[0]?.message).toMatch(message);
      // Each receipt is charged; a poll is not.
      expect(appConfig).toMatchObject({ sessions: 1, received: 2 });
      appConfig.deployed = JSON.stringify(table('three'));
      await document.refresh();
      expect(await version()).toBe('three from appconfig');
    },
  );

  it('starts a new session after a failed poll, whose token may be spent', async () => {
    appConfig.deployed = JSON.stringify(table('one'));
    const { version, document, errors } = createFixture();
    await document.get();
    appConfig.failingPolls = jsonAnswer({ __type: 'InternalServerException', Message: 'broken' }, 500);
    await document.refresh();
    expect(await version()).toBe('one from appconfig');
    expect(errors).toHaveLength(1);
    appConfig.failingPolls = undefined;
    appConfig.deployed = JSON.stringify(table('two'));
    await document.refresh();
    expect(await version()).toBe('two from appconfig');
    expect(appConfig.sessions).toBe(2);
    expect(errors).toHaveLength(1);
  });
});

describe('at a cold start', () => {
  const unavailable = jsonAnswer({ __type: 'ResourceNotFoundException', Message: 'no such application' }, 404);

  it('without AppConfig uses the copy in S3, and the released table as soon as it can be had', async () => {
    appConfig.failing = unavailable;
    const { version, document, errors } = createFixture({ copy: JSON.stringify(table('copy')) });
    expect(await version()).toBe('copy from s3');
    expect(errors.map(({ name }) => name)).toEqual(['GetParameterError']);
    appConfig.failing = undefined;
    appConfig.deployed = JSON.stringify(table('one'));
    await document.refresh();
    expect(await version()).toBe('one from appconfig');
  });

  it.each([
    ['there is no copy', undefined, ['GetParameterError']],
    ['the copy cannot be read', new Error('S3 is away'), ['GetParameterError', 'Error']],
    ['the copy is not JSON', '<html>', ['GetParameterError', 'ContractError']],
    ['the copy breaks its contract', '{}', ['GetParameterError', 'ContractError']],
  ])('without AppConfig uses the bundled snapshot when %s', async (_when, copy, expected) => {
    appConfig.failing = unavailable;
    const { version, errors } = createFixture(copy === undefined ? {} : { copy });
    expect(await version()).toBe('snapshot from snapshot');
    expect(errors.map(({ name }) => name)).toEqual(expected);
  });

  it('uses the copy when nothing was ever released, and says how to release', async () => {
    const { version, errors } = createFixture({ copy: JSON.stringify(table('copy')) });
    expect(await version()).toBe('copy from s3');
    expect(errors.map(({ message }) => message)).toEqual([expect.stringMatching(/no deployed version.*Release a routing table/)]);
  });

  it('does not wait longer than 1.5 s for an AppConfig that hangs, and hears of its end all the same', async () => {
    appConfig.failing = 'hang';
    const { version, errors } = createFixture({ copy: JSON.stringify(table('copy')) });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const settled = vi.fn();
      const given = version().finally(settled);
      let waitedMs = 0;
      for (; settled.mock.calls.length === 0 && waitedMs < 60_000; waitedMs += 100) {
        // Real turns of the event loop carry the requests; only the waiting is not real.
        await turn();
        await vi.advanceTimersByTimeAsync(100);
      }
      expect(await given).toBe('copy from s3');
      expect(waitedMs).toBeLessThan(2_000);
      for (; errors.length === 0 && waitedMs < 60_000; waitedMs += 100) {
        await turn();
        await vi.advanceTimersByTimeAsync(100);
      }
    } finally {
      vi.useRealTimers();
    }
    expect(errors.map(describeError)).toEqual([expect.objectContaining({ cause: expect.objectContaining({ name: 'TimeoutError' }) })]);
  });
});
