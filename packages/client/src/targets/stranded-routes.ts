import type { TargetList } from '@signalbox/contracts';

/** The routes that have nobody else who gets traffic: without this target their requests wait, for a hold by hand is never overruled. */
export function strandedRoutes({ targets }: Pick<TargetList, 'targets'>, name: string): string[] {
  const routes = targets.find(({ target }) => target === name)?.routes ?? [];
  const others = targets.filter(({ target, share }) => target !== name && share > 0);
  return routes.filter((route) => !others.some((other) => other.routes.includes(route)));
}
