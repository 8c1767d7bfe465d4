/** Items with equal moments, within so many milliseconds, share a timer: there may be thousands a second. */
const SLOT = 5;

export interface DueItems<T> {
  /** Gives the item out after `delay` milliseconds, at the earliest in the next turn of the loop. */
  add(item: T, delay: number): void;
  /** Forgets all. */
  clear(): void;
}

/** Items that are due later, at most `most` of them; a further one is left out. */
export function createDueItems<T>(give: (item: T) => void, most = 1_000_000): DueItems<T> {
  const slots = new Map<number, { readonly items: T[]; readonly timer: NodeJS.Timeout }>();
  let size = 0;
  return {
    add(item, delay) {
      if (size >= most) return;
      size++;
      const slot = Math.ceil((performance.now() + delay) / SLOT);
      const known = slots.get(slot);
      if (known) {
        known.items.push(item);
        return;
      }
      const timer = setTimeout(
        () => {
          const items = slots.get(slot)?.items ?? [];
          slots.delete(slot);
          size -= items.length;
          for (const due of items) give(due);
        },
        Math.max(0, slot * SLOT - performance.now()),
      );
      slots.set(slot, { items: [item], timer });
    },
    clear() {
      for (const { timer } of slots.values()) clearTimeout(timer);
      slots.clear();
      size = 0;
    },
  };
}
