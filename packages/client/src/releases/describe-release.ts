import { userInfo } from 'node:os';

/** AppConfig's own limit is 1,024 characters, ASCII only. */
const MAX_LENGTH = 900;

/** What the history shows of a release: the words of whoever made it, and who that was. */
export function describeRelease(description: string | undefined, by: string = userInfo().username): string {
  const text = description === undefined || description.trim() === '' ? `by ${by}` : `${description.trim()} (by ${by})`;
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, MAX_LENGTH);
}
