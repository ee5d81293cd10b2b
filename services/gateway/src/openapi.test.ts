import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const SERVICE = join(import.meta.dirname, '..');
const ROOT = join(SERVICE, '..', '..');

type Operation = { responses: Record<string, { 'x-error-codes'?: string[] }> };
type Paths = Record<string, Record<string, Operation>>;

const published = parse(readFileSync(join(ROOT, 'docs/openapi.yaml'), 'utf8')) as { paths: Paths };
const customTags = ['!Sub', '!Ref', '!GetAtt', '!Not', '!Equals', '!If'].flatMap((tag) => [
  { tag, resolve: (text: string) => text },
  { tag, collection: 'seq' as const, resolve: () => undefined },
]);
const template = parse(readFileSync(join(SERVICE, 'template.yaml'), 'utf8'), { customTags, logLevel: 'error' }) as {
  Resources: { Api: { Properties: { DefinitionBody: { paths: Paths } } } };
};

function routesOf(paths: Paths): string[] {
  return Object.entries(paths)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))
    .sort();
}

/** Every code that the source of the service, or of the verb that it is called by, can answer. */
function codesInSource(): string[] {
  const files = readdirSync(join(SERVICE, 'src'), { recursive: true, encoding: 'utf8' }).map((name) => join(SERVICE, 'src', name));
  const sources = [
    ...files.filter((name) => name.endsWith('.ts') && !/\.test\.ts$|test-/.test(name)),
    join(ROOT, 'packages/runtime/src/http-reply.ts'),
    join(ROOT, 'packages/runtime/src/http-request.ts'),
  ];
  const text = sources.map((name) => readFileSync(name, 'utf8')).join('\n');
  const codes = [...text.matchAll(/\bcode: '([a-z_]+)'|refusal\(\s*'([a-z_]+)'/g)].map(([, named, refused]) => named ?? refused ?? '');
  // The reasons of the routing table's check, which become codes.
  const reasons = readFileSync(join(ROOT, 'packages/routing/src/check-request.ts'), 'utf8').matchAll(/reason: '([a-z-]+)'/g);
  return [...new Set([...codes, ...[...reasons].map(([, reason = '']) => reason.replaceAll('-', '_'))])].sort();
}

describe('docs/openapi.yaml', () => {
  it('has the routes that the template deploys, with their methods', () => {
    expect(routesOf(published.paths)).toEqual(routesOf(template.Resources.Api.Properties.DefinitionBody.paths));
  });

  it('documents every error code that the code has, and no other', () => {
    const operations = Object.values(published.paths).flatMap((methods) => Object.values(methods));
    const documented = operations.flatMap(({ responses }) =>
      Object.values(responses).flatMap((response) => response['x-error-codes'] ?? []),
    );
    expect([...new Set(documented)].sort()).toEqual(codesInSource());
  });
});
