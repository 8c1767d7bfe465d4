/**
 * Whether a silent client is still there (specification of alerts 2.24).
 *
 * unasked, for a client that may know no PING -knows(): it has used PING or MONITORING-> asked after each silence; an answer is not needed, and silent where it comes.
 */
export interface Pings {
  /** The client knows PING. */
  knows(): void;
  /** Bytes came from it. */
  heard(): void;
  /** @returns whether a PING with this token answers one of ours */
  answers(token: string | undefined): boolean;
  /** @param wroteAt when something was sent to it last. @returns whether to ask now; then it counts as asked */
  due(now: number, wroteAt: number): boolean;
}

/** @param silence milliseconds after which it is asked. Times are those of performance.now() */
export function createPings(silence: number): Pings {
  let known = false;
  let unanswered = 0;
  let heardAt = performance.now();
  return {
    knows() {
      known = true;
    },
    heard() {
      heardAt = performance.now();
    },
    answers(token) {
      if (token !== 'OK' || unanswered === 0) return false;
      unanswered -= 1;
      return true;
    },
    due(now, wroteAt) {
      if (!known || now - Math.max(heardAt, wroteAt) <= silence) return false;
      unanswered += 1;
      return true;
    },
  };
}
