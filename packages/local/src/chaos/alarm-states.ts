import { readBody } from '../http/read-body.ts';
import { writeJson } from '../http/write-reply.ts';
import type { AdminApi } from './chaos-api.ts';

const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof STATES)[number];

export type AlarmStates = { stateOf(alarmArn: string): AlarmState; admin: AdminApi };

/** Alarms watch nothing on one machine; `PUT /_simulator/alarms/{name}` with `{ "state": "ALARM" }` says what they would see. */
export function createAlarmStates(): AlarmStates {
  const states = new Map<string, AlarmState>();
  return {
    stateOf: (alarmArn) => states.get(alarmArn.slice(alarmArn.lastIndexOf(':') + 1)) ?? 'OK',
    async admin(request, response, path) {
      const name = /^\/alarms\/([^/]+)$/.exec(path)?.[1];
      if (request.method !== 'PUT' || name === undefined) return false;
      const state = readState((await readBody(request, 1024))?.toString() ?? '');
      if (state) states.set(decodeURIComponent(name), state);
      if (state) writeJson(response, 200, { name: decodeURIComponent(name), state });
      else writeJson(response, 400, { message: `The body must be { "state": ${STATES.map((word) => `"${word}"`).join(' | ')} }.` });
      return true;
    },
  };
}

function readState(text: string): AlarmState | undefined {
  const word = /^\s*\{\s*"state"\s*:\s*"([A-Z_]+)"\s*\}\s*$/.exec(text)?.[1];
  return STATES.find((state) => state === word);
}
