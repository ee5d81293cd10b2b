import { describe, expect, it } from 'vitest';
import { cleanLeftovers } from './clean-leftovers.ts';
import { openBusTail, type TailClients } from './tail-bus.ts';

type Input = Record<string, unknown> & {
  QueueUrl?: string;
  QueueName?: string;
  Name?: string;
  Rule?: string;
  tags?: Record<string, string>;
};
type Queue = { tags: Record<string, string>; createdAt: number };

const HOUR = 3_600_000;
const absent = (name: string) => Object.assign(new Error('not there'), { name });

/** An account in memory: queues by name, rules by bus and name, and every call that was made. */
function createAccount({ fails }: { fails?: string } = {}) {
  const queues = new Map<string, Queue>();
  const rules = new Map<string, { targets: string[] }>();
  const calls: string[] = [];
  const inputs: Record<string, Input> = {};
  const nameOf = ({ QueueUrl = '' }: Input) => QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1);
  const answers: Record<string, (input: Input) => unknown> = {
    CreateQueueCommand: (input) => {
      queues.set(input.QueueName ?? '', { tags: input.tags ?? {}, createdAt: 0 });
      return { QueueUrl: `https://sqs/1/${input.QueueName}` };
    },
    GetQueueAttributesCommand: (input) => ({
      Attributes: { QueueArn: `arn:queue:${nameOf(input)}`, CreatedTimestamp: String((queues.get(nameOf(input))?.createdAt ?? 0) / 1_000) },
    }),
    SetQueueAttributesCommand: () => ({}),
    TagQueueCommand: (input) => Object.assign(queues.get(nameOf(input))?.tags ?? {}, input.Tags),
    ListQueuesCommand: () => ({ QueueUrls: [...queues.keys()].map((name) => `https://sqs/1/${name}`) }),
    ListQueueTagsCommand: (input) => ({ Tags: queues.get(nameOf(input))?.tags }),
    DeleteQueueCommand: (input) => {
      if (!queues.delete(nameOf(input))) throw absent('QueueDoesNotExist');
    },
    PutRuleCommand: (input) => {
      rules.set(`${input.EventBusName}/${input.Name}`, { targets: [] });
      return { RuleArn: `arn:rule:${input.Name}` };
    },
    PutTargetsCommand: (input) => {
      rules.get(`${input.EventBusName}/${input.Rule}`)?.targets.push('queue');
      return {};
    },
    RemoveTargetsCommand: (input) => {
      const rule = rules.get(`${input.EventBusName}/${input.Rule}`);
      if (!rule) throw absent('ResourceNotFoundException');
      rule.targets = [];
    },
    DeleteRuleCommand: (input) => {
      if (rules.get(`${input.EventBusName}/${input.Name}`)?.targets.length) throw new Error('has targets');
      rules.delete(`${input.EventBusName}/${input.Name}`);
    },
  };
  const send = async (command: { constructor: { name: string }; input: Input }) => {
    const { name } = command.constructor;
    calls.push(name);
    inputs[name] = command.input;
    if (name === fails) throw new Error(`${name} is refused`);
    return answers[name]?.(command.input) ?? {};
  };
  const client = { send } as unknown as TailClients['sqs'] & TailClients['events'];
  return { sqs: client, events: client, queues, rules, calls, inputs };
}

const open = (account: ReturnType<typeof createAccount>, random = 'abc', now = 0) =>
  openBusTail({ sqs: account.sqs, events: account.events, busName: 'bus', pattern: '{}', random, now: () => now });

describe('openBusTail', () => {
  it('listens by a queue that takes from its own rule alone, and leaves nothing behind', async () => {
    const account = createAccount();
    const tail = await open(account);
    expect([...account.queues.keys(), ...account.rules.keys()]).toEqual(['signalbox-tail-abc', 'bus/signalbox-tail-abc']);
    const attributes = account.inputs.SetQueueAttributesCommand?.Attributes as { Policy: string } | undefined;
    expect(JSON.parse(attributes?.Policy ?? '').Statement).toMatchObject([
      {
        ...{ Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: 'arn:queue:signalbox-tail-abc' },
        Condition: { ArnEquals: { 'aws:SourceArn': 'arn:rule:signalbox-tail-abc' } },
      },
    ]);
    await tail.close();
    expect([account.queues.size, account.rules.size]).toEqual([0, 0]);
    // A second end, as after another's cleaning, is none the worse.
    await tail.close();
  });

  it.each(['GetQueueAttributesCommand', 'PutRuleCommand', 'SetQueueAttributesCommand', 'PutTargetsCommand'])(
    'takes away what it made when %s is refused',
    async (fails) => {
      const account = createAccount({ fails });
      await expect(open(account)).rejects.toThrow(fails);
      expect([account.queues.size, account.rules.size]).toEqual([0, 0]);
    },
  );

  it('names what it could not remove', async () => {
    const account = createAccount({ fails: 'DeleteQueueCommand' });
    const tail = await open(account);
    await expect(tail.close()).rejects.toThrow(/queue signalbox-tail-abc, could not be removed: .*DeleteQueueCommand is refused/);
  });
});

describe('cleanLeftovers', () => {
  it('removes what was not in use for an hour, on whatever bus, and leaves the others', async () => {
    const account = createAccount();
    const at = { crashed: 0, long: 0, young: HOUR };
    for (const [random, now] of Object.entries(at)) await open(account, random, now);
    const used = await openBusTail({ ...account, busName: 'other', pattern: '{}', random: 'used', now: () => HOUR * 1.5 });
    await used.touch();
    account.queues.set('signalbox-tail-untagged', { tags: {}, createdAt: 1_000 });
    const removed = await cleanLeftovers({ ...account, busName: 'bus', now: HOUR * 1.6 });
    expect(removed.sort()).toEqual(['signalbox-tail-crashed', 'signalbox-tail-long', 'signalbox-tail-untagged']);
    expect([...account.queues.keys()].sort()).toEqual(['signalbox-tail-used', 'signalbox-tail-young']);
    expect([...account.rules.keys()].sort()).toEqual(['bus/signalbox-tail-young', 'other/signalbox-tail-used']);
    expect(await cleanLeftovers({ ...account, busName: 'bus', now: HOUR * 9 })).toHaveLength(2);
    expect([account.queues.size, account.rules.size]).toEqual([0, 0]);
  });
});
