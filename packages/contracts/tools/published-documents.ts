import { join } from 'node:path';
import { stringify } from 'yaml';
import { SCHEMA_VERSION } from '../src/index.ts';
import { asyncapiDocument } from './asyncapi-document.ts';
import { openapiDocument } from './openapi-document.ts';
import { PUBLIC_CONTRACTS } from './public-contracts.ts';
import { readDocstrings } from './read-docstrings.ts';
import { toJsonSchema } from './to-json-schema.ts';

const PACKAGE = join(import.meta.dirname, '..');
/** Holds generated files only, so that a file nobody generates any more is drift. */
export const SCHEMAS_FOLDER = join(PACKAGE, 'schemas');
const DOCS = join(PACKAGE, '..', '..', 'docs');
export const ASYNCAPI_FILE = join(DOCS, 'asyncapi.yaml');
export const OPENAPI_FILE = join(DOCS, 'openapi.yaml');
export const GENERATE_COMMAND = 'npm run generate';

/** Every generated file with the text it must have, by path. The same contracts give the same bytes. */
export function publishedDocuments(): Map<string, string> {
  const docs = readDocstrings(join(PACKAGE, 'src'));
  const documents = new Map<string, string>();
  for (const contract of PUBLIC_CONTRACTS) {
    const name = kebabCase(contract.name);
    const { $schema, ...schema } = toJsonSchema(contract, docs, 'draft-2020-12');
    const text = JSON.stringify({ $schema, $id: `urn:signalbox:${name}:${SCHEMA_VERSION}`, ...schema }, null, 2);
    documents.set(join(SCHEMAS_FOLDER, `${name}.json`), `${text}\n`);
  }
  return documents.set(ASYNCAPI_FILE, toYaml(asyncapiDocument(docs))).set(OPENAPI_FILE, toYaml(openapiDocument(docs)));
}

function toYaml(document: object): string {
  // Readers of YAML 1.1 would take a bare timestamp for a date.
  const yaml = stringify(document, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  return `# Generated from packages/contracts by \`${GENERATE_COMMAND}\`; do not edit.\n${yaml}`;
}

function kebabCase(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
