import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { type Drift, findDrift } from './find-drift.ts';
import { GENERATE_COMMAND, publishedDocuments } from './published-documents.ts';
import { readCommitted } from './read-committed.ts';

/** Writes the JSON Schemas, docs/asyncapi.yaml and docs/openapi.yaml; with `--check` only says which of them do not match the contracts. */
function main(): void {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const documents = publishedDocuments();
  const drift = findDrift(documents, readCommitted());
  if (values.check) report(drift);
  else write(drift, documents);
}

function report(drift: Drift[]): void {
  for (const { path, problem } of drift) console.error(`${relative(process.cwd(), path)} ${problem}`);
  if (drift.length === 0) return;
  console.error(
    `The published contracts do not match packages/contracts/src. Run \`${GENERATE_COMMAND}\` at the root and commit what it writes.`,
  );
  process.exitCode = 1;
}

function write(drift: Drift[], documents: ReadonlyMap<string, string>): void {
  for (const { path } of drift) {
    const text = documents.get(path);
    if (text === undefined) rmSync(path);
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    console.log(`${text === undefined ? 'deleted' : 'wrote'} ${relative(process.cwd(), path)}`);
  }
}

main();
