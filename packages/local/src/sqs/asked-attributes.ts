type Message = { MessageAttributes?: unknown; MD5OfMessageAttributes?: unknown };
type Received = { Messages?: Message[] };

/** Message attributes are given to who names some; fauxqs gives them all to who names none. */
export function onlyAskedAttributes(reply: Received, { MessageAttributeNames: names }: { MessageAttributeNames?: unknown }): Received {
  if ((Array.isArray(names) && names.length > 0) || reply.Messages === undefined) return reply;
  return { ...reply, Messages: reply.Messages.map(({ MessageAttributes: _, MD5OfMessageAttributes: __, ...message }) => message) };
}
