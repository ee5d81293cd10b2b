/** A value as it is after it was JSON: a member that is undefined is not there. */
type Written<Value> = Value extends readonly (infer Item)[]
  ? Written<Item>[]
  : Value extends object
    ? { [Key in keyof Value]: Written<Exclude<Value[Key], undefined>> }
    : Value;

/** Writes a value as JSON and reads it again. */
export function asWritten<Value>(value: Value): Written<Value> {
  return JSON.parse(JSON.stringify(value)) as Written<Value>;
}
