// Stores each message's body under its id, by the wire: a fixture needs no SDK.
exports.handler = async ({ Records }) => {
  for (const { body } of Records) {
    const item = { pk: { S: JSON.parse(body).id }, stage: { S: process.env.STAGE } };
    const response = await fetch(process.env.AWS_ENDPOINT_URL, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${process.env.AWS_ACCESS_KEY_ID}/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.PutItem',
      },
      body: JSON.stringify({ TableName: process.env.TABLE, Item: item }),
    });
    if (!response.ok) throw new Error(`PutItem: ${response.status} ${await response.text()}`);
  }
  return { batchItemFailures: [] };
};
