import { OVERLAY_STALE_MS, type RoutingOverlay } from '@signalbox/contracts';
import { formatAge, formatShare } from '../../output/format-figures.ts';
import type { DoctorPorts } from '../doctor-ports.ts';
import { explainError } from '../explain-error.ts';
import type { Finding } from '../finding.ts';

/** Fleet health, as the controller last published it. */
export async function checkOverlay({ readOverlay, now }: Pick<DoctorPorts, 'readOverlay' | 'now'>): Promise<Finding[]> {
  try {
    const overlay = await readOverlay();
    if (!overlay) return [{ status: 'ok', found: 'readable; nothing published, so every target is taken as well' }];
    return describe(overlay, now() - overlay.publishedAt);
  } catch (error) {
    return [explainError(error, { action: 'dynamodb:GetItem' })];
  }
}

function describe(overlay: RoutingOverlay, ageMs: number): Finding[] {
  const limited = Object.entries(overlay.targets).filter(([, { share }]) => share < 1);
  // The controller renews it only while it says something.
  if (limited.length > 0 && ageMs > OVERLAY_STALE_MS)
    return [
      { status: 'warn', found: `last renewed ${formatAge(ageMs)} ago, so nobody goes by it`, advice: 'look at the log of the controller' },
    ];
  const published = { status: 'ok' as const, found: `number ${overlay.seq}, published ${formatAge(ageMs)} ago` };
  return [
    published,
    ...limited.map(([key, { state, share, reason }]) => warnOf({ target: key.split('@', 1)[0] ?? key, state, share, reason })),
  ];
}

function warnOf({ target, state, share, reason }: { target: string; state: string; share: number; reason: string }): Finding {
  return { status: 'warn', found: `${target} is ${state} at ${formatShare(share)} of its traffic: ${reason}` };
}
