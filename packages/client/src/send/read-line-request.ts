import { createHash } from 'node:crypto';
import type { Problem } from '@signalbox/contracts';
import type { ProducerRequest } from '../producer/prepare-request.ts';
import type { Line } from './read-lines.ts';

export type LineRequest = { kind: 'request'; request: ProducerRequest } | { kind: 'bad'; problems: Problem[] };
type Reading = { line: Line; campaign: string; route: string | undefined };

/**
 * The request of a line. Without an id of its own it gets one from the campaign, the line's number and the line: sent again it is the same
 * inference. What it says of itself is left to the contract.
 */
export function readLineRequest({ line, campaign, route }: Reading): LineRequest {
  if (line.kind === 'unreadable') return bad(line.problem);
  const parsed = parseJson(line.text);
  if (parsed.kind === 'broken') return bad(`is not JSON${parsed.where}; check its quotes, commas and brackets`);
  const { value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad('must be a JSON object, a request');
  const request = { ...(route !== undefined && { route }), ...value };
  // Asked of another route it is another request.
  const id = `send-${hash([campaign, String(line.number), line.text, route ?? ''])}`;
  return { kind: 'request', request: { id, ...request } };
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

function bad(message: string): LineRequest {
  return { kind: 'bad', problems: [{ path: '', message }] };
}

function parseJson(text: string): { kind: 'parsed'; value: unknown } | { kind: 'broken'; where: string } {
  try {
    return { kind: 'parsed', value: JSON.parse(text) };
  } catch (error) {
    // The parser quotes what it read, which may be a prompt: only where it stopped is told.
    const position = /position (\d+)/.exec(String(error))?.[1];
    return { kind: 'broken', where: position === undefined ? '' : ` (character ${Number(position) + 1})` };
  }
}
