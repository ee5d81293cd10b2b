import { formatAge, formatAmount } from '../../output/format-figures.ts';
import type { DoctorPorts, RunningTable } from '../doctor-ports.ts';
import { explainError } from '../explain-error.ts';
import type { Finding } from '../finding.ts';

export type TableCheck = { findings: Finding[]; running?: RunningTable };

/** The table in force, as processes read it from AppConfig. */
export async function checkRoutingTable({ readRunningTable, now }: Pick<DoctorPorts, 'readRunningTable' | 'now'>): Promise<TableCheck> {
  try {
    const running = await readRunningTable();
    if (!running)
      return {
        findings: [{ status: 'fail', found: 'no routing table was released yet', advice: 'release one with: signalbox policy deploy' }],
      };
    return { findings: [{ status: 'ok', found: describe(running, now()) }], running };
  } catch (error) {
    return { findings: [explainError(error, { action: 'appconfig:ListDeployments', isNeeded: true })] };
  }
}

function describe({ table, number, since }: RunningTable, now: number): string {
  const age = since ? `, for ${formatAge(now - since.getTime())}` : '';
  const size = `${formatAmount(Object.keys(table.routes).length, 'route')}, ${formatAmount(Object.keys(table.targets).length, 'target')}`;
  return `version ${table.version} in force${age} (release ${number}: ${size})`;
}
