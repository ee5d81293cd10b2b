import { isPrivateHost } from './is-private-host.ts';

export type BaseUrlReading = { kind: 'read'; url: string } | { kind: 'wrong'; rule: string };

const EXAMPLE = 'https://llm.example.com/v1';

/** Reads the address of a server in the shape of OpenAI's API. What is wrong with it is told without repeating it: it may hold a secret. */
export function readBaseUrl(value: unknown): BaseUrlReading {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  const rule = url === null ? `must be a URL, like ${EXAMPLE}` : whatIsWrong(url);
  if (url === null || rule !== undefined) return { kind: 'wrong', rule: rule ?? '' };
  return { kind: 'read', url: `${url.origin}${url.pathname.replace(/\/+$/, '')}` };
}

function whatIsWrong({ protocol, hostname, username, password, href, pathname }: URL): string | undefined {
  if (protocol !== 'https:' && protocol !== 'http:') return `must begin with https://, like ${EXAMPLE}`;
  if (username !== '' || password !== '')
    return 'has a user name or a password in it, and this file is no place for them; write it without, and apiKey: ssm:<name> for a server that asks for a key';
  // An empty query or fragment does not show in its own property.
  if (/[?#]/.test(href)) return 'has a query or a fragment, and paths are added at its end; write it without';
  if (protocol === 'http:' && !isPrivateHost(hostname))
    return 'is http, so that prompts, answers and the key could be read on their way: that is for localhost and private addresses alone; write https://';
  const [, added] = /\/(chat\/completions|completions|embeddings|models)\/*$/.exec(pathname) ?? [];
  return added === undefined ? undefined : `ends in /${added}, which is added to it; write what stands before`;
}

/** True for Bedrock's own endpoints of this shape, where a model costs what it costs at Bedrock. */
export function isBedrockServer(baseUrl: string): boolean {
  return /^bedrock-(runtime\.[a-z0-9-]+\.amazonaws\.com|mantle\.[a-z0-9-]+\.api\.aws)$/.test(new URL(baseUrl).hostname);
}
