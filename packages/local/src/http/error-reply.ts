import type { AwsError, AwsReply } from '../service.ts';

/** Services whose clients read errors as XML. */
const XML_SERVICES: ReadonlySet<string> = new Set(['s3', 'sts', 'sns']);

/** An error in the shape that the service's client understands. */
export function errorReply(service: string, error: AwsError): AwsReply {
  if (!XML_SERVICES.has(service)) return error.toReply();
  const fields = `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`;
  const body = service === 's3' ? `<Error>${fields}</Error>` : `<ErrorResponse><Error><Type>Sender</Type>${fields}</Error></ErrorResponse>`;
  return {
    status: error.status,
    headers: { 'content-type': 'application/xml', 'x-amzn-errortype': error.code },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
