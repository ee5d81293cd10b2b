import type { Template, TemplateParameter } from './load-template.ts';

const SSM_TYPE = /^AWS::SSM::Parameter::Value<(.+)>$/;

export type ParameterOptions = {
  template: Template;
  /** Only those that the template declares are taken. */
  overrides: Readonly<Record<string, string>>;
  readSsm: (name: string) => string;
};

/** The values of a template's parameters: override, else default; those of an SSM type are looked up. */
export function readParameters({ template, overrides, readSsm }: ParameterOptions): Record<string, unknown> {
  const entries = Object.entries(template.parameters).map(([name, parameter]): [string, unknown] => {
    const given = overrides[name] ?? parameter.Default;
    if (given === undefined)
      throw new Error(`${template.file}: Parameters.${name} has no default, and the embedded stack gives it no value.`);
    check({ name, parameter, value: String(given), file: template.file });
    return [name, toValue({ parameter, given: String(given), readSsm })];
  });
  return Object.fromEntries(entries);
}

function toValue({
  parameter,
  given,
  readSsm,
}: {
  parameter: TemplateParameter;
  given: string;
  readSsm: (name: string) => string;
}): unknown {
  const inner = SSM_TYPE.exec(parameter.Type)?.[1];
  const value = inner === undefined ? given : readSsm(given);
  return isList(inner ?? parameter.Type) ? value.split(',').map((item) => item.trim()) : value;
}

function isList(type: string): boolean {
  return type === 'CommaDelimitedList' || type.startsWith('List<');
}

function check({ name, parameter, value, file }: { name: string; parameter: TemplateParameter; value: string; file: string }): void {
  const allowed = parameter.AllowedValues?.map(String);
  if (allowed && !allowed.includes(value)) throw new Error(`${file}: Parameters.${name}: "${value}" is not one of ${allowed.join(', ')}.`);
  const pattern = parameter.AllowedPattern;
  if (pattern && !new RegExp(`^(?:${pattern})$`).test(value))
    throw new Error(`${file}: Parameters.${name}: "${value}" does not match ${pattern}.`);
}
