import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ASYNCAPI_FILE, OPENAPI_FILE, SCHEMAS_FOLDER } from './published-documents.ts';

/** The generated files as they lie in the working tree, by path. */
export function readCommitted(): Map<string, string> {
  const schemas = existsSync(SCHEMAS_FOLDER) ? readdirSync(SCHEMAS_FOLDER).map((file) => join(SCHEMAS_FOLDER, file)) : [];
  const paths = [...schemas, ASYNCAPI_FILE, OPENAPI_FILE].filter((path) => existsSync(path));
  return new Map(paths.map((path) => [path, readFileSync(path, 'utf8')]));
}
