import type { Finding } from '../finding.ts';

/** What the project's own install brings; the command runs on it by itself. */
const WANTED_MAJOR = 24;

/** The Node.js that runs this command. */
export function checkNode(version: string): Finding[] {
  const major = Number(version.split('.')[0]);
  if (major >= WANTED_MAJOR) return [{ status: 'ok', found: version }];
  return [
    {
      status: 'fail',
      found: `${version}, which cannot run TypeScript as it is`,
      advice: 'run the command as npx signalbox in the project, after: npm install',
    },
  ];
}
