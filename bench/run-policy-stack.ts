// The whole system as `npm start` runs it, but of the project in the folder of its first argument: a process of its own, in memory.
import { startStack } from '@signalbox/local';

const [, , projectRoot = ''] = process.argv;

process.on('disconnect', () => process.exit());
const { contents } = await startStack({
  port: 0,
  projectRoot,
  log: ({ level, source, functionName, message }) => {
    if (level !== 'info') process.stderr.write(`${level} [${functionName ?? source}] ${message}\n`);
  },
});
process.send?.(contents);
