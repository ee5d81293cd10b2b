/** A DynamoDB call without a client, so that what a client would refuse by itself can be asked for. */
export async function dynamoCall(endpoint: string, operation: string, input: object): Promise<Record<string, unknown>> {
  const reply = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-date': '20260101T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  return (await reply.json()) as Record<string, unknown>;
}
