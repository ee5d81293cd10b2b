import type { RoutingTableRolledBack } from '@signalbox/contracts';

type Reason = RoutingTableRolledBack['data']['reason'];

/** One line of AppConfig's log of a deployment. */
export type LogLine = { EventType?: string | undefined; TriggeredBy?: string | undefined; Description?: string | undefined };

const KINDS: Readonly<Record<string, Reason['kind']>> = { CLOUDWATCH_ALARM: 'alarm', USER: 'person', INTERNAL_ERROR: 'error' };

/**
 * Why a deployment was rolled back, out of its log (newest first): the line that says who began it. The start of a roll-back names the
 * alarm; its completion is AppConfig's own doing.
 */
export function rollbackReason(log: readonly LogLine[]): Reason {
  const lines = log.filter(({ EventType = '' }) => /^(?:ROLLBACK|REVERT)_/.test(EventType));
  const cause = lines.find(({ TriggeredBy = '' }) => Object.hasOwn(KINDS, TriggeredBy)) ?? lines.at(-1);
  return { kind: KINDS[cause?.TriggeredBy ?? ''] ?? 'error', detail: cause?.Description ?? 'AppConfig gave no reason.' };
}
