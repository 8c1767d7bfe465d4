/**
 * The attempts that one hub has under way at once. Half of the slots are kept for first attempts and one tenth for later ones, so that
 * neither starves the other; the rest goes to whoever comes.
 */
export interface Slots {
  /** Whether there is a slot for an attempt of the lane (0 first, 1 later). */
  has(lane: 0 | 1): boolean;
  take(lane: 0 | 1): void;
  give(lane: 0 | 1): void;
  readonly taken: number;
}

const KEPT_FOR_FIRST = 0.5;
const KEPT_FOR_LATER = 0.1;

export function createSlots(total: number): Slots {
  const kept = [Math.floor(total * KEPT_FOR_FIRST), Math.max(1, Math.floor(total * KEPT_FOR_LATER))] as const;
  const taken: [number, number] = [0, 0];
  return {
    has(lane) {
      const other = lane === 0 ? 1 : 0;
      // What is kept for the other lane and not in use by it stays free.
      const reserved = Math.max(kept[other] - taken[other], 0);
      return taken[0] + taken[1] + reserved < total;
    },
    take(lane) {
      taken[lane] += 1;
    },
    give(lane) {
      taken[lane] -= 1;
    },
    get taken() {
      return taken[0] + taken[1];
    },
  };
}
