type Limits = { maxEntries: number; maxBytes: number };

/** Cuts a list into runs that fit one call, in order; a message above the limit of bytes goes alone. */
export function chunkMessages<Message extends { body: string }>(
  messages: readonly Message[],
  { maxEntries, maxBytes }: Limits,
): Message[][] {
  const chunks: Message[][] = [];
  let room = 0;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message.body);
    const last = chunks.at(-1);
    if (last && last.length < maxEntries && bytes <= room) {
      last.push(message);
      room -= bytes;
    } else {
      chunks.push([message]);
      room = maxBytes - bytes;
    }
  }
  return chunks;
}
