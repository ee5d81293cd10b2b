import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FILE = join(import.meta.dirname, '../services/inference/dist/process-requests/index.js');

/** The inference worker as it is deployed. */
export function workerBundle(): string {
  if (!existsSync(FILE)) throw new Error(`${FILE} does not exist. Build it with "npm run build".`);
  return FILE;
}
