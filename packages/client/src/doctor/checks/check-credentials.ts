import type { DoctorPorts } from '../doctor-ports.ts';
import { explainError } from '../explain-error.ts';
import type { Finding } from '../finding.ts';

/** Who AWS takes us for. */
export async function checkCredentials({ identify }: Pick<DoctorPorts, 'identify'>): Promise<Finding[]> {
  try {
    const { arn, accountId } = await identify();
    return [{ status: 'ok', found: `${arn} in account ${accountId}` }];
  } catch (error) {
    return [explainError(error, { action: 'sts:GetCallerIdentity', isNeeded: true })];
  }
}
