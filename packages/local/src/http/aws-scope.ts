/** Who calls which service where: the credential scope of Signature Version 4. */
export type AwsScope = { accessKeyId: string; region: string; service: string };

const IN_HEADER = /Credential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/;
const IN_QUERY = /[?&]X-Amz-Credential=([^&]+)/i;
const CREDENTIAL = /^([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request$/;

/** The scope of a signed or presigned request; nothing when it is neither. Signatures are not checked: the stack is on loopback. */
export function readAwsScope({ authorization, url }: { authorization: string | undefined; url: string }): AwsScope | undefined {
  const match = authorization?.startsWith('AWS4-') ? IN_HEADER.exec(authorization) : presignedCredential(url);
  if (!match?.[1] || !match[2] || !match[3]) return undefined;
  return { accessKeyId: match[1], region: match[2], service: match[3] };
}

function presignedCredential(url: string): RegExpExecArray | null {
  const found = IN_QUERY.exec(url);
  if (!found?.[1]) return null;
  return CREDENTIAL.exec(found[1].replaceAll(/%2f/gi, '/'));
}
