import { afterEach, expect, it, vi } from 'vitest';
import { onInterrupt } from './on-interrupt.ts';

afterEach(() => void vi.restoreAllMocks());

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends in good order on %s, told twice or not, and at once on the next', (name) => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as () => never);
  const clock = vi.spyOn(Date, 'now').mockReturnValue(1_000);
  const say = vi.fn<() => void>();
  const { signal, dispose } = onInterrupt(say);
  try {
    process.emit(name);
    clock.mockReturnValue(1_400);
    process.emit(name);
    expect({ isStopped: signal.aborted, said: say.mock.calls.length, exits: exit.mock.calls }).toEqual({
      isStopped: true,
      said: 1,
      exits: [],
    });
    clock.mockReturnValue(1_600);
    process.emit(name);
    expect(exit).toHaveBeenCalledWith(130);
  } finally {
    dispose();
  }
});
