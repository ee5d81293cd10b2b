import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { listenAsAws } from '@signalbox/runtime/listen-as-aws';
import type { APIGatewayProxyEvent } from 'aws-lambda';

const SECRET = '0123456789abcdefABCDEF';
/** The entry of key `sbx_acme1_<SECRET>` in the access table. */
export const ACCESS = {
  tenant: { S: 'acme' },
  scopes: { L: [{ S: '*' }] },
  secretHash: { S: createHash('sha256').update(SECRET).digest('hex') },
};

export type AwsRequest = { operation: string | undefined; method: string; url: URL; body: string };
export type AwsReply = { status?: number; headers?: Record<string, string>; body: unknown };

/** A stand-in for AWS on the loopback interface, for handlers with their real SDK clients, and the environment of a gateway's function. */
export async function startAws(answer: (request: AwsRequest) => AwsReply): Promise<{ close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const { status = 200, headers, body } = answer(await read(request));
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  Object.assign(process.env, {
    INFERENCES_TABLE: 'inferences',
    ACCESS_TABLE: 'access',
    DATA_BUCKET: 'data',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });
  return listenAsAws(server);
}

async function read(request: IncomingMessage): Promise<AwsRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const target = request.headers['x-amz-target'];
  return {
    operation: typeof target === 'string' ? target.split('.').at(-1) : undefined,
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', 'http://local'),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

type Asked = { method: string; resource: string; id?: string; query?: Record<string, string[]>; key?: string };

/** As a REST API with a proxy integration delivers it. */
export function proxyEvent({ method, resource, id, query, key = `sbx_acme1_${SECRET}` }: Asked): APIGatewayProxyEvent {
  const encoded = id === undefined ? undefined : encodeURIComponent(id);
  const lastOfEach = Object.entries(query ?? {}).map(([name, values]) => [name, values.at(-1) ?? '']);
  return {
    resource,
    path: resource.replace('{id}', encoded ?? ''),
    httpMethod: method,
    headers: { Authorization: `Bearer ${key}`, Host: 'abc.execute-api.us-east-1.amazonaws.com' },
    queryStringParameters: query ? Object.fromEntries(lastOfEach) : null,
    multiValueQueryStringParameters: query ?? null,
    pathParameters: encoded === undefined ? null : { id: encoded },
    requestContext: { requestId: 'request-1', stage: 'prod' },
    body: null,
    isBase64Encoded: false,
  } as unknown as APIGatewayProxyEvent;
}
