import type { Comparison } from '../kit/report.ts';
import type { Answer, Call } from './tee.ts';

/** What both answered; of a refusal, the kind by itself and the wording by itself. */
export function toComparisons(name: string, { operation, ours, theirs }: Call): Comparison[] {
  const comparison = { name, ours: outcome(operation, ours), theirs: outcome(operation, theirs) };
  if (ours.status === 200 || theirs.status === 200) return [comparison];
  return [comparison, { name: `${name}: wording`, ours: wording(ours), theirs: wording(theirs) }];
}

function outcome(operation: string, { status, body }: Answer): unknown {
  const { __type: type, message: _, Message: __, Items: items, ...rest } = body;
  if (status !== 200) return { status, error: String(type).split('#').at(-1), ...rest };
  // The order of a scan is nobody's promise; that of a query is.
  if (operation === 'Scan' && Array.isArray(items)) return { status, ...rest, items: items.toSorted(byKey) };
  return { status, ...rest, items };
}

function wording({ body }: Answer): unknown {
  return body.message ?? body.Message;
}

function byKey(left: { pk: { S: string } }, right: { pk: { S: string } }): number {
  return left.pk.S < right.pk.S ? -1 : 1;
}
