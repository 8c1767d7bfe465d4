/** A line that a modem sent, without its ends; or that it asks for the text of a message by `> `. */
export type AtPiece = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'prompt' };

/** The longest that modems send is a PDU of 364 octets. */
const LONGEST = 1_024;
const CR = 0x0d;
const LF = 0x0a;
const PROMPT = 0x3e;
const SPACE = 0x20;

export interface AtLines {
  /** Pieces that are whole now; the bytes may be cut anywhere. */
  feed(bytes: Uint8Array): AtPiece[];
  /** A prompt is taken for one only while it is awaited: from the command until the answer. */
  awaitPrompt(awaited: boolean): void;
  /** Forgets a line that is not whole: after the port was opened, or what was sent before is void. */
  reset(): void;
  /** Lines left out since the beginning because they were too long. */
  readonly dropped: number;
}

/**
 * Cuts what comes from a modem into lines, at every CR and LF; empty ones are left out. Bytes are read as ISO 8859-1, so no byte is refused.
 * A line over 1,024 bytes is passed over to its end and counted: memory stays bounded whatever comes.
 *
 * between lines -> in a line -> between lines; in a line -> passing over a line that is too long -> between lines;
 * behind a prompt: one space is left out -> between lines.
 */
export function createAtLines(): AtLines {
  let line = '';
  let passing = false;
  let prompted = false;
  let awaited = false;
  let dropped = 0;

  const endLine = (pieces: AtPiece[]): void => {
    if (passing) dropped += 1;
    else if (line !== '') pieces.push({ kind: 'line', text: line });
    line = '';
    passing = false;
  };
  const take = (byte: number, pieces: AtPiece[]): void => {
    const behindPrompt = prompted;
    prompted = false;
    if (behindPrompt && byte === SPACE) return;
    if (byte === CR || byte === LF) endLine(pieces);
    else if (byte === PROMPT && awaited && line === '' && !passing) {
      pieces.push({ kind: 'prompt' });
      prompted = true;
      awaited = false;
    } else if (!passing) {
      line += String.fromCharCode(byte);
      if (line.length > LONGEST) {
        passing = true;
        line = '';
      }
    }
  };
  return {
    feed(bytes) {
      const pieces: AtPiece[] = [];
      for (const byte of bytes) take(byte, pieces);
      return pieces;
    },
    awaitPrompt(now) {
      awaited = now;
    },
    reset() {
      line = '';
      passing = prompted = awaited = false;
    },
    get dropped() {
      return dropped;
    },
  };
}
