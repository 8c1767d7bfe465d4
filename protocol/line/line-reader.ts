const LF = 0x0a;
const CR = 0x0d;
const NOTHING = new Uint8Array(0);
/** The least room that is made for lines whose end has not come yet. */
const LEAST_ROOM = 512;

/** What stands in place of a line that was longer than allowed. It is skipped to its end, in however many pieces that comes. */
export const TOO_LONG = Symbol('too long');

/**
 * Cuts bytes into lines (specification of alerts 2.3, 2.5, 2.14, 2.15): at each LF, without one CR directly before it; empty lines are left out.
 *
 *     READING --more than the limit without an end--> SKIPPING --LF--> READING
 *
 * Bytes are pushed as they come and lines are asked for one by one, each with the limit that holds at that moment; so the result does not depend on
 * how the bytes were divided. What waits is held without bound: whoever pushes looks at `waitingBytes` and stops reading in time.
 */
export class LineReader {
  #bytes: Uint8Array = NOTHING;
  /** Whether `#bytes` is our own, with room behind `#end`. */
  #own = false;
  #begin = 0;
  #end = 0;
  /** No LF stands between `#begin` and this place. */
  #searched = 0;
  #lines = 0;
  #skipping = false;

  /** Bytes that were pushed and not yet given out. */
  get waitingBytes(): number {
    return this.#end - this.#begin;
  }

  /** Whole lines that wait, empty ones included. */
  get waitingLines(): number {
    return this.#lines;
  }

  /** Takes bytes. They may be kept and must not be changed afterwards. */
  push(chunk: Uint8Array): void {
    let from = 0;
    if (this.#skipping) {
      const end = chunk.indexOf(LF);
      if (end < 0) return;
      this.#skipping = false;
      from = end + 1;
    }
    for (let at = chunk.indexOf(LF, from); at >= 0; at = chunk.indexOf(LF, at + 1)) this.#lines += 1;
    if (this.#begin === this.#end) {
      this.#bytes = chunk;
      this.#own = false;
      this.#begin = from;
      this.#searched = from;
      this.#end = chunk.length;
      return;
    }
    const added = chunk.length - from;
    if (!this.#own || this.#end + added > this.#bytes.length) this.#move(added);
    this.#bytes.set(from === 0 ? chunk : chunk.subarray(from), this.#end);
    this.#end += added;
  }

  /**
   * The next line, without its end.
   * @param limit bytes that a line may have, its end not counted
   * @returns the bytes, which stay as they are; TOO_LONG once for each line over the limit; undefined when no whole line is there
   */
  next(limit: number): Uint8Array | typeof TOO_LONG | undefined {
    for (;;) {
      const found = this.#lines === 0 ? -1 : this.#bytes.indexOf(LF, this.#searched);
      if (found < 0) {
        this.#searched = this.#end;
        return this.#open(limit);
      }
      const begin = this.#begin;
      this.#lines -= 1;
      this.#begin = found + 1;
      this.#searched = found + 1;
      const end = found > begin && this.#bytes[found - 1] === CR ? found - 1 : found;
      if (end - begin > limit) return TOO_LONG;
      if (end > begin) return this.#bytes.subarray(begin, end);
    }
  }

  /** Looks at the line whose end has not come: a CR at its end may still turn out to belong to it. */
  #open(limit: number): typeof TOO_LONG | undefined {
    const length = this.#end - this.#begin;
    if (length <= limit || (length === limit + 1 && this.#bytes[this.#end - 1] === CR)) return undefined;
    this.#begin = this.#end;
    this.#skipping = true;
    return TOO_LONG;
  }

  /** Makes room behind what waits. The bytes of lines that were given out are never written over. */
  #move(added: number): void {
    const waiting = this.#end - this.#begin;
    const larger = new Uint8Array(Math.max(LEAST_ROOM, 2 * (waiting + added)));
    larger.set(this.#bytes.subarray(this.#begin, this.#end));
    this.#searched -= this.#begin;
    this.#bytes = larger;
    this.#own = true;
    this.#begin = 0;
    this.#end = waiting;
  }
}
