import { describe, expect, it } from 'vitest';
import { createAwsFaults } from './aws-faults.ts';
import { parseAwsFault } from './parse-aws-fault.ts';

const CALL = { service: 'sqs', operation: 'SendMessage', url: '/', body: () => '{"QueueUrl":"standard"}', isSandbox: true };

describe('armed faults', () => {
  it.each([
    ['the service', { service: 's3' }],
    ['the operation', { operation: 'DeleteMessage' }],
    ['what the call contains', { contains: 'bulk' }],
  ])('strike nothing when %s differs', (_name, differing) => {
    const faults = createAwsFaults({ now: () => 0 });
    faults.arm({ service: 'sqs', kind: 'error', ...differing });
    expect(faults.strike(CALL)).toBeUndefined();
  });

  it('skip, then strike as often as asked, then rest', () => {
    const faults = createAwsFaults({ now: () => 0 });
    faults.arm({ service: 'sqs', kind: 'error', contains: 'standard', skip: 2, times: 2 });
    const struck = Array.from({ length: 6 }, () => faults.strike(CALL) !== undefined);
    expect(struck).toEqual([false, false, true, true, false, false]);
    expect(faults.list()).toMatchObject([{ hits: 2 }]);
  });

  it('end with their time', () => {
    let now = 1000;
    const faults = createAwsFaults({ now: () => now });
    faults.arm({ service: 'sqs', kind: 'error', forSeconds: 5 });
    now = 5999;
    expect(faults.strike(CALL)).toBeDefined();
    now = 6000;
    expect(faults.strike(CALL)).toBeUndefined();
  });

  it('spare callers outside the sandboxes unless asked not to', () => {
    const faults = createAwsFaults({ now: () => 0 });
    faults.arm({ service: 'sqs', kind: 'error' });
    expect(faults.strike({ ...CALL, isSandbox: false })).toBeUndefined();
    faults.arm({ service: 'sqs', kind: 'throttle', anyCaller: true });
    expect(faults.strike({ ...CALL, isSandbox: false })).toMatchObject({ kind: 'throttle' });
  });

  it('no longer hold once cleared', () => {
    const faults = createAwsFaults({ now: () => 0 });
    const fault = faults.arm({ service: 'sqs', kind: 'hang' });
    faults.clear();
    expect([faults.holds(fault), faults.list()]).toEqual([false, []]);
  });
});

describe('the description of a fault', () => {
  it('is taken as it is when it is right', () => {
    const fault = { service: 'dynamodb', operation: 'UpdateItem', kind: 'kill-caller-after', times: 1, anyCaller: false };
    expect(parseAwsFault(JSON.stringify(fault))).toEqual({ kind: 'parsed', fault });
  });

  it.each([
    ['{', /JSON object/],
    ['[]', /JSON object/],
    ['{"kind":"error"}', /"service" is missing/],
    ['{"service":"sqs","kind":"slow"}', /"kind" must be one of error, throttle/],
    ['{"service":"sqs","kind":"error","time":1}', /unknown field "time"; one of service/],
    ['{"service":"sqs","kind":"error","times":"1"}', /"times" must be a number/],
    ['{"service":"sqs","kind":"error","times":-1}', /"times" must not be negative/],
    ['{"service":"bedrock","kind":"kill-caller-after"}', /does not apply to bedrock/],
  ])('%s is refused in words', (text, message) => {
    expect(parseAwsFault(text)).toEqual({ kind: 'invalid', message: expect.stringMatching(message) });
  });
});
