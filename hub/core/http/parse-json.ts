import { HubError } from '../errors.ts';

/** Nesting that no honest request reaches; deeper values would overflow the stack of whatever walks them. */
const DEEPEST = 100;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The offset at which the nesting first exceeds DEEPEST; -1 when it never does. Looks at bytes: all of JSON's signs are ASCII. */
function tooDeepAt(body: Uint8Array): number {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth > DEEPEST) return at;
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return -1;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads a JSON body. @throws HubError MALFORMED_JSON saying what is wrong and, where known, at which offset. */
export function parseJsonBody(body: Buffer): unknown {
  let text: string;
  try {
    text = decoder.decode(body);
  } catch (cause) {
    throw new HubError('MALFORMED_JSON', 'the body is not valid UTF-8', { cause });
  }
  const deep = tooDeepAt(body);
  if (deep >= 0) throw new HubError('MALFORMED_JSON', `at byte ${deep} the body is nested deeper than ${DEEPEST} levels`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    // The engine quotes the body around the fault; the log and the answer need the place only.
    const position = /at position (\d+)/.exec(message)?.[1];
    const where =
      position === undefined
        ? text.trim() === ''
          ? 'the body is empty'
          : 'the body ends too early'
        : `at character ${position} the body is not JSON`;
    throw new HubError('MALFORMED_JSON', where, { cause });
  }
}
