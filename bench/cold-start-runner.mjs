// @ts-check
// One cold start: loads a bundle, calls its handler once, and tells on file descriptor 3 how long each took. Plain JavaScript and
// without a message channel, so that nothing is loaded beforehand that a bundle would otherwise have to load.
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';

const [file = '', event = '{}'] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const record = JSON.parse(event);
const context = { awsRequestId: 'bench', functionName: 'bench', memoryLimitInMB: '256', getRemainingTimeInMillis: () => 300_000 };

const startedAt = performance.now();
const { handler } = file.endsWith('.mjs') ? await import(file) : require(file);
const loadedAt = performance.now();
const reply = await handler(record, context);
const endedAt = performance.now();

const failures = reply?.batchItemFailures?.length ?? 0;
const seen = {
  startedAtEpochMs: performance.timeOrigin + startedAt,
  loadMs: loadedAt - startedAt,
  totalMs: endedAt - startedAt,
  failures,
  loadedFiles: Object.keys(require.cache),
};
writeSync(3, JSON.stringify(seen));
process.exit();
