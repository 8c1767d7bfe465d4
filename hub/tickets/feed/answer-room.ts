/**
 * Bounds the memory of answers under way. A pull takes a share of what is left before it reads, at most what it wants, and gives it back
 * when its answer is sent or its connection is gone. When many answers wait for slow readers, new ones become smaller: nobody is refused
 * and nobody waits, and a message that is larger than its share still comes alone.
 */
export interface Share {
  /** Bytes of XML that may be read. */
  readonly bytes: number;
  /** So many were read. */
  used(bytes: number): void;
  /** Gives it back; again is nothing. */
  release(): void;
}

export interface AnswerRoom {
  take(wanted: number): Share;
  /** Bytes under way. */
  readonly taken: number;
}

/** One answer gets so much of what is left, so that the first one does not take it all. */
const PART = 8;

/** @param limit bytes of XML of all answers. @param least bytes of an answer when nothing is left. */
export function createAnswerRoom(limit: number, least: number): AnswerRoom {
  let taken = 0;
  return {
    get taken() {
      return taken;
    },
    take(wanted) {
      const bytes = Math.min(wanted, Math.max(least, Math.floor((limit - taken) / PART)));
      let held = bytes;
      taken += held;
      const hold = (next: number): void => {
        taken += next - held;
        held = next;
      };
      let released = false;
      return {
        bytes,
        used(read) {
          if (!released) hold(read);
        },
        release() {
          released = true;
          hold(0);
        },
      };
    },
  };
}
