import { userInfo } from 'node:os';
import { clientConfigOf, type Place } from '../installation/place.ts';

/** Who stands behind a change: on AWS the name that AWS knows the caller by, on one machine the user of the system. */
export async function findAuthor(place: Place): Promise<string> {
  if (place.kind === 'embedded') return userInfo().username;
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient(clientConfigOf(place));
  try {
    const { Arn = '' } = await client.send(new GetCallerIdentityCommand({}));
    return nameOf(Arn);
  } finally {
    client.destroy();
  }
}

/** `ann` of `arn:aws:iam::1:user/ann`, and of the session in `arn:aws:sts::1:assumed-role/admin/ann`. */
export function nameOf(arn: string): string {
  const last = arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);
  return last || arn || 'unknown';
}
