import type { AdminApi } from '../chaos/chaos-api.ts';
import { readBody } from '../http/read-body.ts';
import { writeJson } from '../http/write-reply.ts';
import type { Log } from '../service.ts';
import { type AlarmDefinition, OF_AWS, readAlarm } from './alarm-definition.ts';
import { type AlarmState, type Evaluation, evaluateAlarm } from './evaluate-alarm.ts';
import { createMetricStore } from './metric-store.ts';
import { parseMetricsLine } from './parse-metrics-line.ts';

export type { AlarmState } from './evaluate-alarm.ts';

export type Alarms = {
  /** Takes an alarm of a template; one that is not understood has INSUFFICIENT_DATA for good. */
  define(name: string, properties: Record<string, unknown>): void;
  /** Takes a line of a function's log, of which the metrics are kept. */
  observe(line: string): void;
  /** By ARN; an alarm that no template has is OK. */
  stateOf(alarmArn: string): AlarmState;
  /** Names the alarms that are not understood, once all templates are read. */
  report(): void;
  stop(): void;
  admin: AdminApi;
};

const STATES: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];
const EVALUATE_EVERY_MS = 1000;
/** The longest that an alarm may look back, in its own seconds. */
const LOOK_BACK_SECONDS = 3_600;

type Watch = { alarm: AlarmDefinition; last: Evaluation };

/**
 * CloudWatch's alarms over the metrics that functions write into their logs. They are evaluated each second over periods that end now;
 * a second of a period lasts `secondMs`. `/_simulator/alarms/{name}` says instead what an alarm would see: PUT with `{ "state": "ALARM" }`
 * until DELETE.
 */
export function createAlarms({ log, now, secondMs }: { log: Log; now: () => number; secondMs: number }): Alarms {
  const store = createMetricStore({ keepMs: LOOK_BACK_SECONDS * secondMs });
  const watches = new Map<string, Watch>();
  const notUnderstood = new Map<string, string>();
  const sinceMs = now();
  const overrides = new Map<string, AlarmState>();
  const stateOf = (name: string): AlarmState =>
    overrides.get(name) ?? watches.get(name)?.last.state ?? (notUnderstood.has(name) ? 'INSUFFICIENT_DATA' : 'OK');

  const evaluate = () => {
    for (const [name, { alarm, last }] of watches) {
      const next = evaluateAlarm({ alarm, store, nowMs: now(), secondMs, before: last.state, sinceMs });
      // Every alarm begins without data: that it then has some is no news.
      const isNews = next.state !== last.state && (next.state === 'ALARM' || last.state === 'ALARM');
      if (isNews) log(transition(name, last.state, next));
      watches.set(name, { alarm, last: next });
    }
  };
  const timer = setInterval(evaluate, EVALUATE_EVERY_MS).unref();

  const describe = (name: string) => ({
    name,
    state: stateOf(name),
    isSet: overrides.has(name),
    ...(watches.has(name) ? { values: watches.get(name)?.last.values.map((value) => value ?? null) } : {}),
    ...(notUnderstood.has(name) ? { notEvaluated: notUnderstood.get(name) } : {}),
  });

  return {
    define(name, properties) {
      const reading = readAlarm(name, properties);
      if (reading.kind === 'not-understood') notUnderstood.set(name, reading.reason);
      else watches.set(name, { alarm: reading.alarm, last: { state: 'INSUFFICIENT_DATA', values: [] } });
    },
    observe(line) {
      for (const metric of parseMetricsLine(line)) store.add(metric, now());
    },
    stateOf: (alarmArn) => stateOf(alarmArn.slice(alarmArn.lastIndexOf(':') + 1)),
    report() {
      const ofAws = [...notUnderstood.values()].filter((reason) => reason.startsWith(OF_AWS)).length;
      if (ofAws > 0)
        log({ source: 'cloudwatch', level: 'info', message: `${OF_AWS}, so ${ofAws} alarms on queues and functions never go off` });
      for (const [name, reason] of notUnderstood) {
        if (reason.startsWith(OF_AWS)) continue;
        log({ source: 'cloudwatch', level: 'warn', message: `alarm ${name} is not evaluated and stays INSUFFICIENT_DATA: ${reason}` });
      }
    },
    stop: () => clearInterval(timer),
    async admin(request, response, path) {
      if (path === '/alarms' && request.method === 'GET') {
        const names = new Set([...watches.keys(), ...notUnderstood.keys(), ...overrides.keys()]);
        writeJson(response, 200, { alarms: [...names].map(describe) });
        return true;
      }
      const encoded = /^\/alarms\/([^/]+)$/.exec(path)?.[1];
      if (encoded === undefined || (request.method !== 'PUT' && request.method !== 'DELETE')) return false;
      const name = decodeURIComponent(encoded);
      const state = request.method === 'PUT' ? readState((await readBody(request, 1024))?.toString() ?? '') : undefined;
      if (state) overrides.set(name, state);
      else if (request.method === 'DELETE') overrides.delete(name);
      if (!state && request.method === 'PUT')
        writeJson(response, 400, { message: `The body must be { "state": ${STATES.map((word) => `"${word}"`).join(' | ')} }.` });
      else writeJson(response, 200, { name, state: stateOf(name) });
      return true;
    },
  };
}

function transition(name: string, before: AlarmState, { state, values: [value] }: Evaluation): Parameters<Log>[0] {
  const shown = value === undefined ? 'no data' : String(Math.round(value * 1000) / 1000);
  return { source: 'cloudwatch', level: state === 'ALARM' ? 'warn' : 'info', message: `alarm ${name}: ${before} → ${state} (${shown})` };
}

function readState(text: string): AlarmState | undefined {
  const word = /^\s*\{\s*"state"\s*:\s*"([A-Z_]+)"\s*\}\s*$/.exec(text)?.[1];
  return STATES.find((state) => state === word);
}
