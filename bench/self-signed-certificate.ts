import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export type SelfSignedCertificate = { certificate: string; privateKey: string };

const DAY_MS = 86_400_000;
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;
/** Object identifiers, encoded: 2.5.4.3, 1.2.840.10045.4.3.2, 2.5.29.17, 2.5.29.19. */
const OID = { commonName: '550403', ecdsaWithSha256: '2a8648ce3d040302', subjectAltName: '551d11', basicConstraints: '551d13' } as const;

/** A certificate for one host name that vouches for itself (X.509 v3, RFC 5280): for tests on one machine. Both parts in PEM. */
export function createSelfSignedCertificate({ name, validDays }: { name: string; validDays: number }): SelfSignedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const distinguishedName = sequence(der(TAG.set, sequence(oid(OID.commonName), der(TAG.utf8, Buffer.from(name)))));
  const body = sequence(
    der(0xa0, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    distinguishedName,
    sequence(time(Date.now() - DAY_MS), time(Date.now() + validDays * DAY_MS)),
    distinguishedName,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(authority(), host(name))),
  );
  const signature = sign('sha256', body, privateKey);
  return {
    certificate: toPem(sequence(body, algorithm, der(TAG.bits, Buffer.from([0]), signature))),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function authority(): Buffer {
  return sequence(
    oid(OID.basicConstraints),
    der(TAG.boolean, Buffer.from([0xff])),
    der(TAG.octets, sequence(der(TAG.boolean, Buffer.from([0xff])))),
  );
}

function host(name: string): Buffer {
  return sequence(oid(OID.subjectAltName), der(TAG.octets, sequence(der(0x82, Buffer.from(name)))));
}

function sequence(...parts: Buffer[]): Buffer {
  return der(TAG.sequence, ...parts);
}

function oid(hex: string): Buffer {
  return der(TAG.oid, Buffer.from(hex, 'hex'));
}

/** GeneralizedTime: `20261120101500Z` */
function time(ms: number): Buffer {
  return der(TAG.time, Buffer.from(new Date(ms).toISOString().replace(/[-:T]|\.\d{3}/g, '')));
}

/** One element: tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function toPem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
