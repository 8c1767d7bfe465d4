/**
 * `@CallbackId` (spec callbacks 5.7): ticks of 100 ns since 0001-01-01T00:00:00, always rising in a process, never equal in two.
 *
 * A source of ticks:
 *   ready ──next() under the stored mark──> ready
 *   ready ──next() above it──> raising (the callers wait) ──stored──> ready
 *                                                         ──failed──> ready; the waiting callers get the error, the next call tries again
 * More than half of the reserve used up: the mark is raised in the background while next() goes on.
 */

/** 0001-01-01 to 1970-01-01. */
const EPOCH = 621_355_968_000_000_000n;
const TICKS_PER_MILLISECOND = 10_000n;
/** Each process gives out only numbers of its own slot, so that two never give out the same one. */
export const TICK_SLOTS = 64n;
/** How far ahead of use the mark is stored: ten seconds. After a restart the numbers run at most that far ahead of the clock. */
const RESERVE = 10n * 1000n * TICKS_PER_MILLISECOND;

/** Ticks of a moment. @param epochMilliseconds whole. @param zone an IANA name: ticks of the clock on the wall there; else UTC. */
export function ticksAt(epochMilliseconds: number, zone?: string): bigint {
  const offset =
    zone === undefined ? 0 : Temporal.Instant.fromEpochMilliseconds(epochMilliseconds).toZonedDateTimeISO(zone).offsetNanoseconds;
  return BigInt(epochMilliseconds) * TICKS_PER_MILLISECOND + BigInt(offset) / 100n + EPOCH;
}

/** The next number of a slot (0 to 63): after `last`, not before `clock`. */
export function nextTicks(clock: bigint, last: bigint, slot: bigint): bigint {
  const least = clock > last ? clock : last + 1n;
  return least + ((slot - (least % TICK_SLOTS) + TICK_SLOTS) % TICK_SLOTS);
}

export interface TickOptions {
  /** 0 to 63; no other living process has it. */
  readonly slot: number;
  /** The stored mark of this slot: no number up to it may be given out again. 0 when there is none. */
  readonly mark: bigint;
  /** Makes a higher mark durable. */
  readonly storeMark: (mark: bigint) => Promise<void>;
  /** Whole milliseconds since 1970; may jump in both directions. */
  readonly now?: () => number;
  readonly zone?: string;
}

export interface TickSource {
  /** The number for one attempt. @throws what `storeMark` threw, when the numbers stored ahead are used up. */
  next(): Promise<bigint>;
}

export function createTicks({ slot, mark, storeMark, now = Date.now, zone }: TickOptions): TickSource {
  if (!Number.isInteger(slot) || slot < 0 || slot >= Number(TICK_SLOTS))
    throw new RangeError(`slot ${slot} is not a whole number from 0 to 63`);
  let last = mark;
  let stored = mark;
  let raising: Promise<void> | undefined;

  const raise = (): Promise<void> => {
    const wanted = nextTicks(ticksAt(now(), zone), last, BigInt(slot)) + RESERVE;
    raising ??= storeMark(wanted)
      .then(() => {
        stored = wanted;
      })
      .finally(() => {
        raising = undefined;
      });
    return raising;
  };

  return {
    async next() {
      for (;;) {
        const ticks = nextTicks(ticksAt(now(), zone), last, BigInt(slot));
        if (ticks <= stored) {
          last = ticks;
          // What fails in the background fails again, and is heard, once the reserve is used up.
          if (stored - ticks < RESERVE / 2n) raise().catch(() => {});
          return ticks;
        }
        await raise();
      }
    },
  };
}
