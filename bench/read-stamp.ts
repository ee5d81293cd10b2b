/** When the model server was asked and when it sent, on its monotonic clock, in milliseconds. */
export type Stamp = { askedAt: number; sentAt: number };

const STAMP = /<asked (?<asked>[\d.]+) sent (?<sent>[\d.]+)>/;

/** The stamp of the model server in a piece of an answer; undefined where there is none. */
export function readStamp(text: string): Stamp | undefined {
  const { asked, sent } = STAMP.exec(text)?.groups ?? {};
  return asked === undefined || sent === undefined ? undefined : { askedAt: Number(asked), sentAt: Number(sent) };
}
