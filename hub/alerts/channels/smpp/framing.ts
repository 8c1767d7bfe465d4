import { HEADER_LENGTH, LONGEST_UNIT } from './pdu.ts';

export interface Framing {
  /**
   * Takes what came from the wire, in pieces of any size; whole units go on at once.
   * @returns why the stream cannot be read on: after a wrong length nobody knows where the next unit begins
   */
  feed(piece: Buffer): string | undefined;
}

/**
 * Cuts the stream into units by their `command_length`. A unit is a view into the piece it came in, when it came in one; whoever keeps it, copies it.
 * At most one unit of LONGEST_UNIT octets is held.
 */
export function createFraming(take: (unit: Buffer) => void): Framing {
  /** Less than the four octets that tell the length. */
  let held: Buffer | undefined;
  /** A unit of which `filled` octets have come. */
  let partial: Buffer | undefined;
  let filled = 0;
  return {
    feed(piece) {
      let source = held ? Buffer.concat([held, piece]) : piece;
      held = undefined;
      if (partial) {
        const taken = source.copy(partial, filled);
        filled += taken;
        if (filled < partial.length) return undefined;
        const unit = partial;
        partial = undefined;
        source = source.subarray(taken);
        take(unit);
      }
      for (let at = 0; at < source.length; ) {
        const left = source.length - at;
        if (left < 4) {
          held = Buffer.from(source.subarray(at));
          return undefined;
        }
        const length = source.readUInt32BE(at);
        if (length < HEADER_LENGTH || length > LONGEST_UNIT) {
          return `a unit claims to have ${length} octets; ${HEADER_LENGTH} to ${LONGEST_UNIT} are possible`;
        }
        if (left < length) {
          partial = Buffer.allocUnsafe(length);
          filled = source.copy(partial, 0, at);
          return undefined;
        }
        take(source.subarray(at, at + length));
        at += length;
      }
      return undefined;
    },
  };
}
