import type { RouteInput } from './check-route.ts';
import { type Finding, warning } from './finding.ts';
import { shortList } from './list-words.ts';
import { expandResidency } from './residency.ts';

/** Whether a guardrail can look at what it is meant to, where content of the route may go. */
export function checkGuardrail(input: RouteInput): Finding[] {
  return [...checkRescue(input), ...checkAnswers(input), ...checkRegion(input), ...checkRules(input)];
}

/** Only chat is streamed; and an answer that is looked at before it is sent cannot be sent in pieces. */
function checkRescue({ name, route: { operation, rescue, guardrail } }: RouteInput): Finding[] {
  if (rescue === undefined || operation === undefined) return [];
  const path = ['routes', name, 'rescue'];
  if (operation !== 'chat')
    return [warning(path, `has no effect, because the route is for ${operation}, and only chat is streamed; remove it`, 'key')];
  if (rescue === 'hold' || !guardrail || guardrail.applies === 'input') return [];
  const message = `is restart, which sends an answer as it comes, and the guardrail looks at answers when they are whole; write rescue: hold, or let the guardrail apply to input alone`;
  return [{ path, message }];
}

function checkAnswers({ name, route: { operation, guardrail } }: RouteInput): Finding[] {
  if (!guardrail || operation === undefined || operation === 'chat' || guardrail.applies === 'input') return [];
  const message = `is ${guardrail.applies}, and answers of a route for ${operation} have no text that a guardrail could read; write applies: input`;
  return [{ path: ['routes', name, 'guardrail', 'applies'], message }];
}

/** It reads the content in its region. */
function checkRegion({ name, route: { guardrail, residency }, catalogue, allowed }: RouteInput): Finding[] {
  if (!guardrail) return [];
  const { id, region } = guardrail;
  const path = ['routes', name, 'guardrail', 'region'];
  const [, own] = /^arn:aws[a-z-]*:bedrock:([a-z0-9-]+):/.exec(id) ?? [];
  if (own !== undefined && own !== region) return [{ path, message: `is ${region}, and the ARN in id is of ${own}; write region: ${own}` }];
  const inside = residency && expandResidency(residency, catalogue);
  if (inside && !inside.includes(region)) {
    const message = `is ${region}, outside of the route's residency, and the guardrail reads content there; write a guardrail in one of: ${shortList(inside)}`;
    return [{ path, message }];
  }
  if (!allowed || allowed.regions.includes(region)) return [];
  const message = `is ${region}, which the roles may not call; add it to AllowedRegions of the platform's template and deploy that first, or write a guardrail in one of: ${shortList(allowed.regions)}`;
  return [{ path, message }];
}

/** A request goes by the guardrail of the route that answers it. */
function checkRules({ name, route, parts }: RouteInput): Finding[] {
  if (!route.guardrail) return [];
  return (route.rules ?? []).flatMap((rule, index) => {
    const other = parts.routes.get(rule.route);
    if (!other || rule.route === name || 'guardrail' in other) return [];
    const message = `takes requests to "${rule.route}", which has no guardrail: nothing looks at their content there; give "${rule.route}" one if it should`;
    return [warning(['routes', name, 'rules', index, 'route'], message)];
  });
}
