import type { Template, TemplateResource } from './load-template.ts';
import { variablesOf } from './substitute.ts';

/** The logical ids of the resources so that each comes after what it refers to; a circle is an error that names it. */
export function dependencyOrder(template: Template): string[] {
  const order: string[] = [];
  const done = new Set<string>();
  const visit = (logicalId: string, trail: readonly string[]) => {
    if (done.has(logicalId)) return;
    if (trail.includes(logicalId)) {
      throw new Error(
        `${template.file}: resources depend on each other in a circle: ${[...trail.slice(trail.indexOf(logicalId)), logicalId].join(' → ')}.`,
      );
    }
    const resource = template.resources[logicalId];
    if (!resource) return;
    for (const needed of dependencies(resource, template)) visit(needed, [...trail, logicalId]);
    done.add(logicalId);
    order.push(logicalId);
  };
  for (const logicalId of Object.keys(template.resources)) visit(logicalId, []);
  return order;
}

function dependencies({ properties, dependsOn }: TemplateResource, template: Template): string[] {
  const found = new Set<string>(dependsOn);
  collect(properties, found);
  return [...found].filter((name) => name in template.resources);
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'Ref' && typeof item === 'string') found.add(item);
    else if (key === 'Fn::GetAtt') found.add(String(Array.isArray(item) ? item[0] : item).split('.')[0] ?? '');
    else if (key === 'Fn::Sub') collectSub(item, found);
    else collect(item, found);
  }
}

function collectSub(argument: unknown, found: Set<string>): void {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  for (const name of variablesOf(String(text))) if (!Object.hasOwn(variables ?? {}, name)) found.add(name.split('.')[0] ?? '');
  collect(variables, found);
}
