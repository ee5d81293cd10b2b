import { expect, it } from 'vitest';
import { withPriority } from './with-priority.ts';

it('writes the priority into what goes by the API, and leaves alone what goes to a queue or is no request', () => {
  expect(withPriority({ id: 'a', priority: 'bulk' }, 'interactive', 'gateway')).toEqual({ id: 'a', priority: 'interactive' });
  expect(withPriority({ id: 'a', priority: 'bulk' }, undefined, 'gateway')).toEqual({ id: 'a', priority: 'bulk' });
  expect(withPriority({ id: 'a' }, 'interactive', 'queues')).toEqual({ id: 'a' });
  expect(withPriority(['a'], 'interactive', 'gateway')).toEqual(['a']);
});
