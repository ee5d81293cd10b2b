import * as z from 'zod/mini';
import { help, PolicyName, policyName, text } from './policy-fields.ts';
import { PolicyDefaults, PolicyRoute } from './policy-route.ts';
import { PolicyTarget } from './policy-target.ts';

export const PolicyClasses = help(z.array(policyName()).check(z.minLength(1)), 'Classes of answers, best first.');

export const PolicyReplyQueue = text(
  /^signalbox-reply-[A-Za-z0-9_-]{1,60}$/,
  'must be a queue name that begins with signalbox-reply-, the only names that may be written to, like signalbox-reply-reports',
);

const version = () => help(z.literal(1), 'The version of this language, always 1.');

/** The fields at the top; each member of `targets`, `routes` and `replyQueues` is read on its own, so that one mistake hides no other. */
export const PolicyFrame = z.strictObject({
  version: version(),
  classes: z.optional(z.unknown()),
  targets: z.optional(z.unknown()),
  routes: z.optional(z.unknown()),
  replyQueues: z.optional(z.unknown()),
  defaults: z.optional(z.unknown()),
});

/** The whole language in one schema, for editors. */
export const PolicyDocument = z.strictObject({
  version: version(),
  classes: PolicyClasses,
  targets: help(z.record(PolicyName, PolicyTarget), 'Each one way to call a model.'),
  defaults: z.optional(help(PolicyDefaults, 'What routes and targets have that do not say otherwise.')),
  routes: help(z.record(PolicyName, PolicyRoute), 'Each a purpose that a request names; `default` is for those that name none.', {
    required: ['default'],
  }),
  replyQueues: z.optional(
    help(z.record(PolicyName, PolicyReplyQueue), 'Queues to which a request may have its result sent, by the name that it uses.'),
  ),
});
