import type { Release } from '../releases/types.ts';

const UNDER_WAY: ReadonlySet<string> = new Set(['VALIDATING', 'DEPLOYING', 'BAKING', 'ROLLING_BACK']);

/** What going back would do, for the question before it: `Go back from version b to version a`. Releases are newest first. */
export function describeRollback(releases: readonly Release[], to: string | undefined): string {
  const running = releases.find(({ state }) => UNDER_WAY.has(state));
  const end = running && `end release ${running.number} of version ${versionOf(running)} (${running.percentage} % done)`;
  if (to !== undefined) return `${end ? `${capitalize(end)} and go` : 'Go'} back to version ${to}`;
  if (end) return capitalize(end);
  const current = releases.find(({ isInForce }) => isInForce);
  const previous = releases.find(({ number, state }) => state === 'COMPLETE' && number < (current?.number ?? 0));
  if (!current || !previous) return 'Go back to the table before the last one';
  return `Go back from version ${versionOf(current)} to version ${versionOf(previous)}`;
}

function versionOf({ tableVersion, hostedVersion }: Release): string {
  return tableVersion ?? `${hostedVersion} of AppConfig`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
