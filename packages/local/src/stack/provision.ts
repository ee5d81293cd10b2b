import { dirname } from 'node:path';
import { dependencyOrder } from '../template/dependency-order.ts';
import type { Template, TemplateResource } from '../template/load-template.ts';
import { readParameters } from '../template/read-parameters.ts';
import { isConditionTrue, resolve, type Scope } from '../template/resolve.ts';
import { connectEvents, type EventSource } from './connect-events.ts';
import { inertResource } from './inert-resource.ts';
import type { CreatedResource, Platform } from './platform.ts';
import { CREATORS, INERT_TYPES } from './resource-types.ts';

/** A template and the name of the stack that it becomes. */
export type NamedTemplate = { stackName: string; template: Template };

export type ProvisionedStack = {
  resources: ReadonlyMap<string, CreatedResource>;
  /** Starts what calls the functions; to be done when everything else is there. */
  connect(): EventSource[];
};

/** Creates what a template describes, each resource after those that it refers to. Over an earlier run's data it finds and keeps them. */
export async function provision(platform: Platform, { stackName, template }: NamedTemplate): Promise<ProvisionedStack> {
  checkTypes(template);
  const created = new Map<string, CreatedResource>();
  const scope = createScope({ platform, stackName, template, created });
  for (const logicalId of dependencyOrder(withoutEvents(template))) {
    const resource = template.resources[logicalId];
    if (!resource || (resource.condition && !isConditionTrue(resource.condition, scope))) continue;
    created.set(logicalId, await create({ platform, stackName, template, logicalId, resource, scope }));
  }
  return { resources: created, connect: () => connectAll({ platform, template, created, scope }) };
}

type Scoping = { platform: Platform; stackName: string; template: Template; created: ReadonlyMap<string, CreatedResource> };

function createScope({ platform, stackName, template, created }: Scoping): Scope {
  const { region, accountId, stage, parameterStore } = platform;
  const readSsm = (name: string) => {
    const value = parameterStore.get(name);
    if (value === undefined) throw new MissingParameterError({ file: template.file, name });
    return value;
  };
  return {
    template,
    parameters: readParameters({ template, overrides: { Stage: stage, ...ownParameterNames({ template, stage }) }, readSsm }),
    pseudo: {
      'AWS::AccountId': accountId,
      'AWS::NotificationARNs': [],
      'AWS::Partition': 'aws',
      'AWS::Region': region,
      'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`,
      'AWS::StackName': stackName,
      'AWS::URLSuffix': 'amazonaws.com',
    },
    resource: (logicalId, attribute) => {
      const resource = created.get(logicalId);
      return attribute === undefined ? resource?.ref : resource?.attributes[attribute];
    },
    readSsm,
  };
}

/** Defaults that name SSM parameters name those of the usual stage; on AWS a deployment says otherwise, here the stack does. */
function ownParameterNames({ template, stage }: { template: Template; stage: string }): Record<string, string> {
  const entries = Object.entries(template.parameters).filter(([, { Type }]) => Type.startsWith('AWS::SSM::Parameter::Value<'));
  return Object.fromEntries(entries.map(([name, { Default }]) => [name, String(Default).replace(STAGE_OF_NAME, `/signalbox/${stage}/`)]));
}

const STAGE_OF_NAME = /^\/signalbox\/[^/]+\//;

/** A template asks for an SSM parameter that no stack has written yet. */
export class MissingParameterError extends Error {
  constructor({ file, name }: { file: string; name: string }) {
    super(`${file}: there is no SSM parameter ${name}, and no other template writes it.`);
    this.name = 'MissingParameterError';
  }
}

type Creation = Omit<Scoping, 'created'> & { logicalId: string; resource: TemplateResource; scope: Scope };

async function create({ platform, stackName, template, logicalId, resource, scope }: Creation): Promise<CreatedResource> {
  const { type } = resource;
  const defaultName = `${stackName}-${logicalId}`;
  const own = ownProperties(resource);
  const properties = resolve(own, scope, `Resources.${logicalId}.Properties`) as Record<string, unknown>;
  const creator = CREATORS[type];
  if (!creator) return inertResource({ type, properties, defaultName, region: platform.region, accountId: platform.accountId });
  try {
    return { type, ...(await creator({ platform, logicalId, defaultName, properties, templateDirectory: dirname(template.file) })) };
  } catch (error) {
    throw new Error(`${template.file}: Resources.${logicalId} (${type}): ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
}

function checkTypes({ file, resources }: Template): void {
  for (const [logicalId, { type }] of Object.entries(resources)) {
    if (CREATORS[type] || INERT_TYPES.has(type)) continue;
    throw new Error(`${file}: Resources.${logicalId}: the embedded stack does not know the resource type ${type}.`);
  }
}

/** A function is called by things that refer to it: its Events are connected when all are there, and are no dependency. */
function withoutEvents(template: Template): Template {
  const resources = Object.entries(template.resources).map(([logicalId, resource]): [string, TemplateResource] => [
    logicalId,
    { ...resource, properties: ownProperties(resource) },
  ]);
  return { ...template, resources: Object.fromEntries(resources) };
}

function ownProperties({ type, properties }: TemplateResource): Record<string, unknown> {
  if (type !== 'AWS::Serverless::Function') return properties;
  const { Events: _events, ...own } = properties;
  return own;
}

function connectAll({ platform, template, created, scope }: Omit<Scoping, 'stackName'> & { scope: Scope }): EventSource[] {
  return [...created].flatMap(([logicalId, { type, ref, attributes }]) => {
    const events = template.resources[logicalId]?.properties.Events;
    if (type !== 'AWS::Serverless::Function' || !events) return [];
    const path = `Resources.${logicalId}.Properties.Events`;
    try {
      return connectEvents(platform, {
        functionName: ref,
        functionArn: String(attributes.Arn),
        events: resolve(events, scope, path) as never,
      });
    } catch (error) {
      throw new Error(`${template.file}: Resources.${logicalId}: ${error instanceof Error ? error.message : String(error)}.`, {
        cause: error,
      });
    }
  });
}
