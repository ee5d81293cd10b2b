import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadTemplate } from '../template/load-template.ts';
import type { Platform } from './platform.ts';
import { MissingParameterError, type NamedTemplate, type ProvisionedStack, provision } from './provision.ts';

/** The platform's template first, then every service's, by folder name. */
export function findTemplates({ projectRoot, stage }: { projectRoot: string; stage: string }): NamedTemplate[] {
  const servicesDirectory = join(projectRoot, 'services');
  const services = existsSync(servicesDirectory) ? readdirSync(servicesDirectory).sort() : [];
  const files = [
    { stackName: `signalbox-${stage}`, file: join(projectRoot, 'template.yaml') },
    ...services.map((name) => ({ stackName: `signalbox-${stage}-${name}`, file: join(servicesDirectory, name, 'template.yaml') })),
  ].filter(({ file }) => existsSync(file));
  if (files.length === 0) throw new Error(`There is no template.yaml in ${projectRoot} or its services folder.`);
  return files.map(({ stackName, file }) => ({ stackName, template: loadTemplate(file) }));
}

/**
 * Provisions all templates. One that asks for an SSM parameter waits for the template that writes it: a value of an earlier run
 * may name a port of that run. Only what no template writes is taken as it is stored.
 */
export async function provisionAll(platform: Platform, templates: readonly NamedTemplate[]): Promise<ProvisionedStack[]> {
  const written = new Set<string>();
  const { parameterStore } = platform;
  const put = (name: string, value: string) => {
    written.add(name);
    parameterStore.put(name, value);
  };
  const recording = { ...platform, parameterStore: { ...parameterStore, put } };
  const provisioned: ProvisionedStack[] = [];
  let waiting = [...templates];
  let takesStored = false;
  while (waiting.length > 0) {
    const get = (name: string) => (takesStored || written.has(name) ? parameterStore.get(name) : undefined);
    const round = await provisionRound({ ...recording, parameterStore: { ...recording.parameterStore, get } }, waiting);
    provisioned.push(...round.provisioned);
    const isStuck = round.missing.length === waiting.length;
    if (isStuck && takesStored) throw round.missing[0]?.error;
    takesStored = isStuck;
    waiting = round.missing.map(({ named }) => named);
  }
  return provisioned;
}

type Round = { provisioned: ProvisionedStack[]; missing: { named: NamedTemplate; error: MissingParameterError }[] };

async function provisionRound(platform: Platform, templates: readonly NamedTemplate[]): Promise<Round> {
  const round: Round = { provisioned: [], missing: [] };
  for (const named of templates) {
    try {
      round.provisioned.push(await provision(platform, named));
    } catch (error) {
      if (!(error instanceof MissingParameterError)) throw error;
      round.missing.push({ named, error });
    }
  }
  return round;
}
