import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorReply } from '../http/error-reply.ts';
import { operationName } from '../http/operation-name.ts';
import { isClosed } from '../http/write-chunk.ts';
import type { AwsCall, AwsReply } from '../service.ts';
import type { ArmedFault, AwsFaults } from './aws-faults.ts';
import type { CallCounts } from './call-counts.ts';
import { faultError } from './fault-error.ts';

/** What became of a call: an answer to send, or nobody to send one to. */
export type CallInterference = { kind: 'answer'; reply: AwsReply } | { kind: 'silent' };

export type Interfere = {
  aroundCall(call: { call: AwsCall; response: ServerResponse; handle: () => Promise<AwsReply> }): Promise<CallInterference>;
  beforeStream(call: { call: AwsCall; response: ServerResponse }): Promise<CallInterference | { kind: 'pass' }>;
};

export type InterfereOptions = {
  faults: AwsFaults;
  counts: CallCounts;
  isSandboxKey: (accessKeyId: string) => boolean;
  killSandbox: (accessKeyId: string) => boolean;
};

/** How often a hanging call looks whether it may go on. */
const HANG_CHECK_MS = 50;

/** Counts every AWS call and lets the armed faults strike. */
export function createInterfere({ faults, counts, isSandboxKey, killSandbox }: InterfereOptions): Interfere {
  const strike = (call: AwsCall) => {
    const operation = operationName(call);
    const isSandbox = isSandboxKey(call.accessKeyId);
    counts.count({ service: call.service, operation, isSandbox });
    return faults.strike({ service: call.service, operation, url: call.url, body: () => call.body.toString(), isSandbox });
  };
  const before = async ({ call, response, fault }: { call: AwsCall; response: ServerResponse; fault: ArmedFault | undefined }) => {
    if (!fault || fault.kind === 'kill-caller-after') return { kind: 'pass' } as const;
    if (fault.kind === 'hang')
      return (await hang({ fault, response, faults })) ? ({ kind: 'pass' } as const) : ({ kind: 'silent' } as const);
    if (fault.kind !== 'kill-caller-before') return { kind: 'answer', reply: errorReply(call.service, faultError(fault)) } as const;
    killSandbox(call.accessKeyId);
    response.destroy();
    return { kind: 'silent' } as const;
  };
  return {
    async aroundCall({ call, response, handle }) {
      const fault = strike(call);
      const first = await before({ call, response, fault });
      if (first.kind !== 'pass') return first;
      const reply = await handle();
      if (fault?.kind !== 'kill-caller-after') return { kind: 'answer', reply };
      killSandbox(call.accessKeyId);
      response.destroy();
      return { kind: 'silent' };
    },
    beforeStream: ({ call, response }) => before({ call, response, fault: strike(call) }),
  };
}

/** Waits as a dead network does. True when the fault ended and the client still waits: then the call goes on, late. */
async function hang({ fault, response, faults }: { fault: ArmedFault; response: ServerResponse; faults: AwsFaults }): Promise<boolean> {
  while (faults.holds(fault) && !isClosed(response)) await sleep(HANG_CHECK_MS);
  return !isClosed(response);
}
