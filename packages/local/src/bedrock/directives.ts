import { type StopReason, stopReasons } from './answer.ts';
import { invalid } from './bedrock-error.ts';
import type { ConverseRequest } from './converse-request.ts';

/** What the text of the last user message orders the simulator to do. */
export type Directives = { stop?: StopReason; tokens?: number; tool?: string; empty?: true; tooLong?: true };

const pattern = /\[\[(stop|tokens|tool|empty|too-long)(?::([^\]]*))?\]\]/g;
const MAXIMUM_TOKENS = 64_000;

/** Reads `[[name]]` and `[[name:value]]`; names it does not know are ordinary text, as people write `[[links]]` too. A known one with a bad value is an error. */
export function readDirectives(text: string): Directives {
  const found = [...text.matchAll(pattern)].map(([, name = '', value]) => readOne(name, value));
  return Object.assign({}, ...found);
}

/** The text without its directives. */
export function withoutDirectives(text: string): string {
  return text.replaceAll(pattern, '').trim();
}

/** Text of the last user message; directives are read here and nowhere else, so that a tool's result or an earlier turn cannot hold one. */
export function lastUserText({ messages }: ConverseRequest): string {
  const last = messages.findLast(({ role }) => role === 'user');
  return (last?.content ?? []).flatMap(({ text }) => text ?? []).join('\n');
}

function readOne(name: string, value: string | undefined): Directives {
  switch (name) {
    case 'stop':
      return { stop: readStopReason(value) };
    case 'tokens':
      return { tokens: readTokens(value) };
    case 'tool':
      return { tool: value ?? '' };
    case 'empty':
      return { empty: true };
    case 'too-long':
      return { tooLong: true };
    default:
      return {};
  }
}

function readStopReason(value: string | undefined): StopReason {
  const reason = stopReasons.find((known) => known === value);
  if (!reason) throw invalid(`[[stop:${value ?? ''}]] names no stop reason. Known: ${stopReasons.join(', ')}.`);
  return reason;
}

function readTokens(value: string | undefined): number {
  const tokens = Number(value);
  if (!Number.isInteger(tokens) || tokens < 1 || tokens > MAXIMUM_TOKENS) {
    throw invalid(`[[tokens:${value ?? ''}]] must be a whole number from 1 to ${MAXIMUM_TOKENS}.`);
  }
  return tokens;
}
