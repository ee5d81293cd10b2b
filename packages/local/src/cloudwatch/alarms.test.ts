import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeJson } from '../http/write-reply.ts';
import type { LogLine } from '../service.ts';
import { type Alarms, createAlarms } from './alarms.ts';

const ARN = 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:';
/** Five minutes are five seconds here. */
const SECOND_MS = 1000 / 60;

let now: number;
let alarms: Alarms;
let lines: LogLine[];
let server: Server;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  now = 1_000_000;
  lines = [];
  alarms = createAlarms({ log: (line) => lines.push(line), now: () => now, secondMs: SECOND_MS });
});
afterEach(() => {
  alarms.stop();
  server?.close();
  vi.useRealTimers();
});

const line = (values: Record<string, number | number[]>, dimensions: Record<string, string> = { service: 'inference' }) =>
  JSON.stringify({
    _aws: {
      Timestamp: 1,
      CloudWatchMetrics: [
        {
          Namespace: 'Signalbox',
          Dimensions: [Object.keys(dimensions)],
          Metrics: Object.keys(values).map((Name) => ({ Name, Unit: 'Count' })),
        },
      ],
    },
    ...dimensions,
    ...values,
  });
const stat = (id: string, name: string) => ({
  Id: id,
  ReturnData: false,
  MetricStat: {
    Metric: { Namespace: 'Signalbox', MetricName: name, Dimensions: [{ Name: 'service', Value: 'inference' }] },
    Period: 300,
    Stat: 'Sum',
  },
});
const rate = {
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: '0.1',
  EvaluationPeriods: '1',
  TreatMissingData: 'notBreaching',
  Metrics: [
    { Id: 'rate', Expression: 'IF(FILL(tried, 0) >= 20, FILL(failed, 0) / tried, 0)', ReturnData: true },
    stat('failed', 'FirstAttemptsFailed'),
    stat('tried', 'FirstAttempts'),
  ],
};
const single = (more: object) => ({
  Namespace: 'Signalbox',
  MetricName: 'Waits',
  Dimensions: [{ Name: 'service', Value: 'inference' }],
  Statistic: 'Maximum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  ...more,
});
const after = (ms: number) => {
  now += ms;
  vi.advanceTimersByTime(1000);
};

describe('an alarm', () => {
  it('goes off by what functions write into their logs, and rests when that is long enough ago', () => {
    alarms.define('rate', rate);
    alarms.observe(line({ FirstAttempts: 30, FirstAttemptsFailed: 2 }));
    after(1);
    expect(alarms.stateOf(`${ARN}rate`)).toBe('OK');
    alarms.observe(line({ FirstAttempts: [10, 10], FirstAttemptsFailed: [5, 1] }));
    after(1);
    expect(alarms.stateOf(`${ARN}rate`)).toBe('ALARM');
    expect(lines.at(-1)).toMatchObject({ level: 'warn', message: 'alarm rate: OK → ALARM (0.16)' });
    after(5_000);
    expect(alarms.stateOf(`${ARN}rate`)).toBe('OK');
    expect(lines.at(-1)?.message).toBe('alarm rate: ALARM → OK (0)');
  });

  it('does not go off by a rate of few requests', () => {
    alarms.define('rate', rate);
    alarms.observe(line({ FirstAttempts: 19, FirstAttemptsFailed: 19 }));
    after(1);
    expect(alarms.stateOf(`${ARN}rate`)).toBe('OK');
  });

  it('watches one set of dimensions, as CloudWatch does', () => {
    alarms.define('rate', rate);
    alarms.observe(line({ FirstAttempts: 50, FirstAttemptsFailed: 50 }, { service: 'gateway' }));
    alarms.observe(line({ FirstAttempts: 50, FirstAttemptsFailed: 50 }, { service: 'inference', model: 'm' }));
    alarms.observe('{"_aws":{"CloudWatch');
    alarms.observe('an ordinary line');
    after(1);
    expect(alarms.stateOf(`${ARN}rate`)).toBe('OK');
  });

  it.each([
    ['missing', 'INSUFFICIENT_DATA'],
    ['notBreaching', 'OK'],
    ['breaching', 'ALARM'],
    ['ignore', 'INSUFFICIENT_DATA'],
  ])('without data, treated as %s, is %s', (TreatMissingData, state) => {
    alarms.define('waits', single({ TreatMissingData }));
    after(1_000);
    expect(alarms.stateOf(`${ARN}waits`)).toBe(state);
  });

  it('takes missing data for a breach only once there could have been some', () => {
    alarms.define('waits', single({ TreatMissingData: 'breaching', EvaluationPeriods: 3, DatapointsToAlarm: 3 }));
    after(2_900);
    expect(alarms.stateOf(`${ARN}waits`)).toBe('INSUFFICIENT_DATA');
    after(1_000);
    expect(alarms.stateOf(`${ARN}waits`)).toBe('ALARM');
  });

  it('goes off when so many of the last periods breach', () => {
    alarms.define('waits', single({ EvaluationPeriods: 3, DatapointsToAlarm: 2 }));
    alarms.observe(line({ Waits: 7 }));
    after(1_000);
    expect(alarms.stateOf(`${ARN}waits`)).toBe('OK');
    alarms.observe(line({ Waits: 5 }));
    after(100);
    expect(alarms.stateOf(`${ARN}waits`)).toBe('ALARM');
  });

  it.each([
    ['Sum', 14],
    ['Average', 3.5],
    ['Minimum', 1],
    ['SampleCount', 4],
  ])('reads the statistic %s', (Statistic, value) => {
    alarms.define('waits', single({ Statistic, Threshold: value }));
    alarms.define('more', single({ Statistic, Threshold: value + 0.01 }));
    alarms.observe(line({ Waits: [1, 2, 3, 8] }));
    after(1);
    expect(alarms.stateOf(`${ARN}waits`)).toBe('ALARM');
    expect(alarms.stateOf(`${ARN}more`)).toBe('OK');
  });

  it('reads percentiles', () => {
    alarms.define('p50', single({ Statistic: undefined, ExtendedStatistic: 'p50', Threshold: 50 }));
    alarms.define('p99', single({ Statistic: undefined, ExtendedStatistic: 'p99', Threshold: 100 }));
    alarms.observe(line({ Waits: Array.from({ length: 100 }, (_, index) => index + 1) }));
    after(1);
    expect([alarms.stateOf(`${ARN}p50`), alarms.stateOf(`${ARN}p99`)]).toEqual(['ALARM', 'OK']);
  });

  it.each([
    [
      'a function of metric math',
      { ...rate, Metrics: [{ Id: 'rate', Expression: 'ANOMALY_DETECTION_BAND(tried)' }, stat('tried', 'x')] },
      /ANOMALY/,
    ],
    ['a comparison', single({ ComparisonOperator: 'LessThanLowerThreshold' }), /LessThanLowerThreshold/],
    ['a statistic', single({ Statistic: 'tm90' }), /tm90/],
    ['no period', single({ Period: undefined }), /no metric with a period/],
    ['several values', { ...rate, Metrics: rate.Metrics.map((query) => ({ ...query, ReturnData: true })) }, /several/],
  ])('that it does not understand (%s) has no data, and is named', (_, properties, message) => {
    alarms.define('strange', properties);
    alarms.report();
    after(1);
    expect(alarms.stateOf(`${ARN}strange`)).toBe('INSUFFICIENT_DATA');
    expect(lines).toEqual([expect.objectContaining({ level: 'warn', message: expect.stringMatching(/alarm strange/) })]);
    expect(lines[0]?.message).toMatch(message);
  });

  it("names those on AWS's own metrics in one line", () => {
    for (const name of ['age', 'errors']) alarms.define(name, single({ Namespace: 'AWS/SQS' }));
    alarms.report();
    expect(lines).toEqual([
      expect.objectContaining({ level: 'info', message: expect.stringMatching(/2 alarms on queues and functions never go off$/) }),
    ]);
  });
});

describe('the simulator', () => {
  const call = async (method: string, path: string, body?: string) => {
    const { port } = server.address() as AddressInfo;
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...(body === undefined ? {} : { body }) });
    return { status: reply.status, body: await reply.json() };
  };
  beforeEach(async () => {
    server = createServer(async (request, response) => {
      if (!(await alarms.admin(request, response, request.url ?? ''))) writeJson(response, 404, {});
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  it('says what an alarm would see, until that is taken back', async () => {
    alarms.define('rate', rate);
    after(1);
    expect(await call('PUT', '/alarms/rate', '{"state":"ALARM"}')).toEqual({ status: 200, body: { name: 'rate', state: 'ALARM' } });
    after(1);
    expect(alarms.stateOf(`${ARN}rate`)).toBe('ALARM');
    expect(await call('GET', '/alarms')).toEqual({
      status: 200,
      body: { alarms: [{ name: 'rate', state: 'ALARM', isSet: true, values: [0] }] },
    });
    expect(await call('DELETE', '/alarms/rate')).toEqual({ status: 200, body: { name: 'rate', state: 'OK' } });
    expect(alarms.stateOf(`${ARN}rate`)).toBe('OK');
  });

  it('refuses what is no state', async () => {
    expect(await call('PUT', '/alarms/rate', '{"state":"LOUD"}')).toMatchObject({ status: 400 });
    expect(alarms.stateOf(`${ARN}rate`)).toBe('OK');
    expect(await call('POST', '/alarms/rate')).toMatchObject({ status: 404 });
  });
});
