import { parseArgs } from 'node:util';
import { parseDurationMs } from './parse-duration.ts';
import type { ModelServers } from './stack/start-platform.ts';

export type StartArguments = { port: number; dataDirectory?: string; quiet: boolean; modelServers: ModelServers; minuteMs?: number };

export const USAGE = `usage: npm start -- [--port N] [--data-dir DIR] [--quiet] [--minute 6s] [--model-server '<model id or *>=<http://127.0.0.1:port/v1>[#<served name>]']...

  --port N          port on 127.0.0.1 (default 4510); 0 or a busy one becomes a free one
  --data-dir DIR    keep state here, over restarts and kills; stack.json goes here too
  --quiet           no progress, only warnings and errors, and the line that says it is ready
  --minute TIME     how long a minute of AppConfig deployments, alarms and schedules lasts (default 6s; 60s is as on AWS)
  --model-server M  answer a model id, or * for all of them, from an OpenAI-compatible server on this machine; may be repeated`;

const DEFAULT_PORT = 4510;
const MAX_PORT = 65_535;

/** Reads the command line; says what is wrong with it in one sentence. */
export function parseArguments(
  args: readonly string[],
): { kind: 'parsed'; arguments: StartArguments } | { kind: 'help' } | { kind: 'invalid'; message: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: String(DEFAULT_PORT) },
        'data-dir': { type: 'string' },
        quiet: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        minute: { type: 'string' },
        'model-server': { type: 'string', multiple: true, default: [] },
      },
    });
    if (values.help) return { kind: 'help' };
    const dataDirectory = values['data-dir'];
    if (dataDirectory === '') throw new UsageError('--data-dir needs a folder');
    const minuteMs = values.minute === undefined ? undefined : parseMinute(values.minute);
    const modelServers = Object.fromEntries(values['model-server'].map(parseModelServer));
    return {
      kind: 'parsed',
      arguments: {
        port: parsePort(values.port),
        quiet: values.quiet,
        modelServers,
        ...(dataDirectory ? { dataDirectory } : {}),
        ...(minuteMs === undefined ? {} : { minuteMs }),
      },
    };
  } catch (error) {
    if (error instanceof UsageError || isParseArgsError(error)) return { kind: 'invalid', message: error.message };
    throw error;
  }
}

class UsageError extends Error {}

function isParseArgsError(error: unknown): error is Error {
  return error instanceof TypeError && String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= MAX_PORT) return port;
  throw new UsageError(`--port must be a number from 0 to ${MAX_PORT}, not "${text}"`);
}

function parseMinute(text: string): number {
  const ms = parseDurationMs(text);
  if (ms !== undefined) return ms;
  throw new UsageError(`--minute must be a time such as 6s, 500ms or 60s, not "${text}"`);
}

function parseModelServer(text: string): [string, { baseUrl: string; model: string }] {
  const separator = text.indexOf('=http');
  const modelId = text.slice(0, Math.max(separator, 0));
  const url = text.slice(separator + 1);
  if (modelId === '' || !URL.canParse(url)) throw new UsageError(`--model-server must be <model id>=<URL>[#<served name>], not "${text}"`);
  const { hash } = new URL(url);
  return [modelId, { baseUrl: hash ? url.slice(0, -hash.length) : url, model: decodeURIComponent(hash.slice(1)) || modelId }];
}
