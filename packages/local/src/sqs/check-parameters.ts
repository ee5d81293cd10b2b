import { AwsError } from '../service.ts';

const MAX_DELAY_SECONDS = 900;

type Entry = { Id?: unknown; MessageBody?: unknown; DelaySeconds?: unknown };
type BatchReply = { Successful?: unknown[]; Failed?: unknown[] };
type RefusedEntry = { Id: unknown; SenderFault: true; Code: string; Message: string };

/** Refuses what SQS refuses and the emulator lets through: delays beyond 15 minutes. */
export function checkSendMessage(parameters: Record<string, unknown>): void {
  const problem = delayProblem(parameters);
  if (problem) throw new AwsError({ code: 'InvalidParameterValue', message: problem });
}

/** Splits a batch into the entries to send and the refusals of the others. */
export function checkBatch(parameters: Record<string, unknown>): { parameters: Record<string, unknown>; refused: RefusedEntry[] } {
  if (!Array.isArray(parameters.Entries)) return { parameters, refused: [] };
  const refused: RefusedEntry[] = [];
  const entries = (parameters.Entries as Entry[]).filter((entry) => {
    const problem = bodyProblem(entry) ?? delayProblem(entry);
    if (problem)
      refused.push({
        Id: entry.Id,
        SenderFault: true,
        Code: problem.startsWith('The request') ? 'MissingParameter' : 'InvalidParameterValue',
        Message: problem,
      });
    return !problem;
  });
  return { parameters: { ...parameters, Entries: entries }, refused };
}

/** Puts the refusals beside what the emulator answered for the rest. */
export function withRefused(reply: BatchReply, refused: RefusedEntry[]): BatchReply {
  return { ...reply, Failed: [...(reply.Failed ?? []), ...refused] };
}

function delayProblem({ DelaySeconds: delay }: Entry): string | undefined {
  if (delay === undefined || delay === null) return undefined;
  if (Number.isInteger(delay) && (delay as number) >= 0 && (delay as number) <= MAX_DELAY_SECONDS) return undefined;
  return `Value ${String(delay)} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= ${MAX_DELAY_SECONDS}.`;
}

function bodyProblem({ MessageBody: body }: Entry): string | undefined {
  return typeof body === 'string' && body !== '' ? undefined : 'The request must contain the parameter MessageBody.';
}
