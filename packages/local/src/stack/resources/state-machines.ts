import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Create, type CreateInput, textProperty } from '../platform.ts';

/** CloudFormation's state machine. */
export const createStateMachine: Create = (input) => create(input, 'StateMachineName', 'StateMachineType', inlineDefinition(input));

/** SAM's: the definition may be in a file of its own. */
export const createServerlessStateMachine: Create = (input) => {
  const { properties, templateDirectory } = input;
  if (properties.Events) throw new Error('the embedded Step Functions is started by its callers only, not by Events');
  const uri = properties.DefinitionUri;
  return create(input, 'Name', 'Type', uri === undefined ? inlineDefinition(input) : readFile(uri, templateDirectory));
};

function create({ platform, defaultName, properties }: CreateInput, nameKey: string, typeKey: string, definition: string) {
  const type = textProperty(properties, typeKey, 'STANDARD');
  if (type !== 'STANDARD') throw new Error(`the embedded Step Functions has standard machines only, not ${type} (${typeKey})`);
  const name = textProperty(properties, nameKey, defaultName);
  const substitutions = Object.entries((properties.DefinitionSubstitutions ?? {}) as Record<string, unknown>);
  const arn = platform.stepFunctions.createStateMachine({
    name,
    definition,
    substitutions: Object.fromEntries(substitutions.map(([key, value]) => [key, String(value)])),
  });
  return { ref: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: '1' } };
}

function inlineDefinition({ properties }: CreateInput): string {
  const { Definition, DefinitionString } = properties;
  if (typeof DefinitionString === 'string') return DefinitionString;
  if (typeof Definition === 'object' && Definition !== null) return JSON.stringify(Definition);
  throw new Error('its definition must be given by Definition, DefinitionString or, in SAM, a DefinitionUri to a file');
}

/** JSON is YAML too. */
function readFile(uri: unknown, directory: string): string {
  if (typeof uri !== 'string') throw new Error('a DefinitionUri must be a path; definitions in S3 are not read');
  return JSON.stringify(parse(readFileSync(join(directory, uri), 'utf8')));
}
