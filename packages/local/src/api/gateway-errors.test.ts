import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadTemplate } from '../template/load-template.ts';
import { type GatewayErrorType, gatewayError } from './gateway-errors.ts';

type GatewayResponse = {
  StatusCode?: number;
  ResponseParameters?: { Headers: Record<string, string> };
  ResponseTemplates: Record<string, string>;
};

const TEMPLATE = join(import.meta.dirname, '../../../../services/gateway/template.yaml');
const responses = loadTemplate(TEMPLATE).resources.Api?.properties.GatewayResponses as Record<string, GatewayResponse>;
/** Of API Gateway, where the template does not say another. */
const STATUSES: Record<string, number> = { REQUEST_TOO_LARGE: 413, INTEGRATION_TIMEOUT: 504, DEFAULT_5XX: 502 };
const SHARED = [
  'MISSING_AUTHENTICATION_TOKEN',
  'REQUEST_TOO_LARGE',
  'INTEGRATION_FAILURE',
  'INTEGRATION_TIMEOUT',
  'DEFAULT_5XX',
] as const satisfies GatewayErrorType[];

it.each(SHARED)('%s is answered as the template of the gateway has it', (type) => {
  const response = responses[type];
  const { status, headers, body } = gatewayError(type, 'request-1');
  const template = response?.ResponseTemplates['application/json'] ?? '';
  const text = template.replace('$context.requestId', 'request-1').replace('$context.error.responseType', type);
  expect(JSON.parse(body.toString())).toEqual(JSON.parse(text));
  expect(status).toBe(response?.StatusCode ?? STATUSES[type]);
  // A fixed value of a header stands in quotes there.
  expect(headers['retry-after']?.map((seconds) => `'${seconds}'`)).toEqual(
    response?.ResponseParameters && [response.ResponseParameters.Headers['Retry-After']],
  );
});

it('whatever the template names is well-formed JSON', () => {
  for (const { ResponseTemplates } of Object.values(responses)) {
    const text = ResponseTemplates['application/json']?.replace('$context.error.messageString', '"said by API Gateway"') ?? '';
    expect(JSON.parse(text)).toMatchObject({ error: { message: expect.any(String), request_id: '$context.requestId' } });
  }
});
