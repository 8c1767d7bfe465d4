/** The last line of an answer to a command (3GPP TS 27.007, 3GPP TS 27.005). */
export type Final = { readonly ok: true } | { readonly ok: false; readonly code: string };

const NUMBERED = /^\+(CM[ES]) ERROR: ?(\d{1,5})$/;
/** With +CMEE=2, or always in some modems, the reason is a text. */
const SPOKEN = /^\+(CM[ES]) ERROR:/;
const REFUSALS = new Set(['ERROR', 'COMMAND NOT SUPPORT', 'TOO MANY PARAMETERS', 'NO CARRIER', 'ABORTED']);

/** Reads a final line; undefined for every other. @example readFinal('+CMS ERROR: 38') // { ok: false, code: 'CMS 38' } */
export function readFinal(line: string): Final | undefined {
  if (line === 'OK') return { ok: true };
  if (REFUSALS.has(line)) return { ok: false, code: 'ERROR' };
  const numbered = NUMBERED.exec(line);
  if (numbered) return { ok: false, code: `${numbered[1]} ${Number(numbered[2])}` };
  const spoken = SPOKEN.exec(line);
  return spoken ? { ok: false, code: `${spoken[1]} ERROR` } : undefined;
}

/** What a modem tells by itself. */
export type Unsolicited =
  /** A message or report follows in the next line, as a PDU. */
  | { readonly kind: 'pdu-follows' }
  /** A message or report was stored. */
  | { readonly kind: 'stored'; readonly storage: string; readonly index: number }
  /** The registration in the network is another. */
  | { readonly kind: 'registration'; readonly status: number };

const PDU_FOLLOWS = /^\+(?:CMT|CDS):/;
const STORED = /^\+(?:CMTI|CDSI): ?"([A-Z]{2})",(\d{1,5})$/;
const REGISTRATION = /^\+CREG: ?(\d)$/;

/** Reads a line that may come at any moment; undefined for every other. The answer to AT+CREG? has one number more and is not taken. */
export function readUnsolicited(line: string): Unsolicited | undefined {
  if (PDU_FOLLOWS.test(line)) return { kind: 'pdu-follows' };
  const stored = STORED.exec(line);
  if (stored) return { kind: 'stored', storage: stored[1]!, index: Number(stored[2]) };
  const registration = REGISTRATION.exec(line);
  return registration ? { kind: 'registration', status: Number(registration[1]) } : undefined;
}

/** Line of an answer that begins with `prefix`, without it; undefined when there is none. */
export function infoOf(lines: readonly string[], prefix: string): string | undefined {
  const line = lines.find((candidate) => candidate.startsWith(prefix));
  return line?.slice(prefix.length).trim();
}

/** States of +CREG in which messages go: at home, roaming, and both for messages only. */
const REGISTERED = new Set([1, 5, 6, 7]);
export const isRegistered = (status: number | undefined): boolean => status !== undefined && REGISTERED.has(status);

/** State of the answer to AT+CREG?; undefined when it is no such answer. */
export function registrationOf(lines: readonly string[]): number | undefined {
  const match = /^\d,(\d)(?:,|$)/.exec(infoOf(lines, '+CREG:') ?? '');
  return match ? Number(match[1]) : undefined;
}

/** Strength of the signal in dBm by the answer to AT+CSQ (3GPP TS 27.007, 8.5): 0 is -113 or less, 31 is -51 or more, 99 is not known: null. */
export function signalOf(lines: readonly string[]): number | null {
  const level = Number(/^(\d{1,2}),/.exec(infoOf(lines, '+CSQ:') ?? '')?.[1] ?? 99);
  return level > 31 ? null : 2 * level - 113;
}

/** The number that the modem gave to a message by its answer to AT+CMGS; undefined when it gave none. */
export function referenceOf(lines: readonly string[]): number | undefined {
  const match = /^(\d{1,3})(?:,|$)/.exec(infoOf(lines, '+CMGS:') ?? '');
  return match && Number(match[1]) < 256 ? Number(match[1]) : undefined;
}
