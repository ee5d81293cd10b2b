import { RoutingOverlay, type RoutingTable } from '@signalbox/contracts';
import { connectTo } from '../installation/connect-to.ts';
import { findPlace } from '../installation/place.ts';
import { readOverlay } from '../installation/read-overlay.ts';
import { readRunningTable } from '../installation/read-running-table.ts';
import type { Output } from '../output/output.ts';
import { compileSource } from '../policy/compile-source.ts';
import { printProblems } from '../policy/print-problems.ts';
import { readPolicySource } from '../policy/read-policy-source.ts';
import { UsageError } from '../usage-error.ts';
import { readFile } from './read-file.ts';

export type RulesFlags = { policy?: string; overlay?: string; stage?: string; stack?: string };
type RulesInput = { from: string; now: number; output: Output };

/** What requests are explained by; `basis` says it in words. */
export type Rules = { table: RoutingTable; overlay: RoutingOverlay | undefined; now: number; basis: string };

/** By the table and the fleet health of a running installation. */
export async function readLiveRules({ policy, overlay, stage, stack }: RulesFlags, { from, now }: RulesInput): Promise<Rules> {
  if (policy !== undefined || overlay !== undefined)
    throw new UsageError('--live takes table and fleet health from an installation; leave out --policy and --overlay.');
  const place = findPlace({ stage, stack }, from);
  const installation = await connectTo(place);
  const [running, live] = await Promise.all([readRunningTable(installation), readOverlay(place)]);
  if (!running) throw new Error(`No routing table was released to ${installation.name} yet. Release one with: signalbox policy deploy`);
  const health = live ? `fleet health number ${live.seq}` : 'no fleet health published';
  return {
    table: running.table,
    overlay: live,
    now,
    basis: `By version ${running.table.version}, in force on ${installation.name}, with ${health}.`,
  };
}

/** By a policy file, and fleet health from another file; undefined when the policy has problems, which are then printed. */
export function readLocalRules(
  { policy, overlay: overlayFile, stage, stack }: RulesFlags,
  { from, now, output }: RulesInput,
): Rules | undefined {
  if (stage !== undefined || stack !== undefined)
    throw new UsageError('--stage and --stack go with --live; without it the local policy is asked.');
  const source = readPolicySource(policy, { from });
  const compiled = compileSource(source, { now: new Date(now) });
  if (compiled.kind === 'invalid') {
    printProblems({ problems: compiled.problems, severity: 'problem', source: source.text, output: { ...output, print: output.note } });
    output.note(`${source.file} does not compile, so nothing can be explained by it.`);
    return undefined;
  }
  const overlay = overlayFile === undefined ? undefined : readOverlayFile(overlayFile, from);
  const health = overlay ? `with fleet health from ${overlayFile}` : 'as if every target were well';
  // An overlay in a file is of its own time: it is asked as it was then.
  return {
    table: compiled.table,
    overlay,
    now: overlay?.publishedAt ?? now,
    basis: `By ${source.file}, version ${compiled.table.version}, ${health}.`,
  };
}

function readOverlayFile(file: string, from: string): RoutingOverlay {
  const parsed = RoutingOverlay.safeParse(parseJson(readFile(file, from)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${file} is no routing overlay: ${issue?.path.join('.') || 'the document'} ${issue?.message ?? ''}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is no overlay: the caller says so.
    return undefined;
  }
}
