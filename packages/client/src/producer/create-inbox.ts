/**
 * What several sources have to say, one after the other. Unlike a race of promises, nothing of what was taken is kept by a source that has
 * not spoken yet: one that stays silent for long would hold everything that the others said meanwhile.
 */
export function createInbox<Item>() {
  const items: Item[] = [];
  let wake: (() => void) | undefined;
  return {
    put(item: Item): void {
      items.push(item);
      wake?.();
    },
    /** The next one, in the order they came. One taker at a time. */
    async take(): Promise<Item> {
      for (;;) {
        const item = items.shift();
        if (item !== undefined) return item;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}
