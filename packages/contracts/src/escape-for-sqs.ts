/** SQS takes the characters of XML only; JSON says the two others that it does not escape by itself in escapes. */
export function escapeForSqs(json: string): string {
  return json.replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
