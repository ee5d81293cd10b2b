import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../http/read-body.ts';
import { writeJson } from '../http/write-reply.ts';
import type { AwsFaults } from './aws-faults.ts';
import type { CallCounts } from './call-counts.ts';
import { parseAwsFault } from './parse-aws-fault.ts';

/** Part of the simulator's API: answers the paths it knows and says whether it did. */
export type AdminApi = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<boolean>;

/** `/_simulator/aws-faults` (PUT, GET, DELETE) and `/_simulator/aws-calls` (GET, DELETE). */
export function createChaosApi({ faults, counts }: { faults: AwsFaults; counts: CallCounts }): AdminApi {
  const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void> | void> = {
    'PUT /aws-faults': (request, response) => arm(faults, request, response),
    'GET /aws-faults': (_request, response) => writeJson(response, 200, { faults: faults.list() }),
    'DELETE /aws-faults': (_request, response) => {
      faults.clear();
      writeJson(response, 200, { faults: [] });
    },
    'GET /aws-calls': (_request, response) => writeJson(response, 200, counts.read()),
    'DELETE /aws-calls': (_request, response) => {
      counts.reset();
      writeJson(response, 200, counts.read());
    },
  };
  return async (request, response, path) => {
    const route = routes[`${request.method} ${path}`];
    if (!route) return false;
    await route(request, response);
    return true;
  };
}

async function arm(faults: AwsFaults, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request, 64 * 1024);
  if (body === undefined) return writeJson(response, 413, { message: 'A fault is described in less than 64 KB.' });
  const parsed = parseAwsFault(body.toString());
  if (parsed.kind === 'invalid') return writeJson(response, 400, { message: `PUT /_simulator/aws-faults: ${parsed.message}.` });
  writeJson(response, 200, { id: faults.arm(parsed.fault).id });
}
