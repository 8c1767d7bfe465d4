/**
 * Names of the XML files in an agency's folder (spec online-ticket 7.6). The hub names each message with them and the client does so
 * again when its `File_name` is set, so a pattern is compiled once and a name costs one concatenation and one test.
 */

/** The pattern used when nobody chose another one (spec 7.6). */
export const DEFAULT_FILE_NAME = '{date}-{time}-{seq}-{type}-{op}-{trans}-{number}{replay}.xml';

const MAX_LENGTH = 120;
const LEADING_MARK = 1;

export type FileNameMessage = {
  /** Place in the client's mailbox, 0 or more. */
  sequence: number;
  /** Message id, a UUID. Cut to 36 characters where it is longer. */
  id: string;
  documentId?: string;
  /** RFC 3339 with offset or Z. */
  createdAt: string;
  replay: boolean;
  meta: { type: string; opType: string; transType: string; number: string; pnr?: string };
};

export type FileNameContext = {
  /** The client's name in the hub. */
  client: string;
  /** IANA time zone of the computer that names the file, for `{date}` and `{time}`. */
  zone: string;
};

/**
 * Gives the name of one file: always `^[A-Za-z0-9._-]{1,120}$`, ending in `.xml`, not starting with a dot, not a reserved Windows name.
 * Whatever stands in the texts of the message is made safe.
 * @throws RangeError when `sequence` is no whole number from 0, `createdAt` no instant of the years 1970 to 9999, or `zone` is unknown.
 */
export type FileNamer = (message: FileNameMessage, context: FileNameContext) => string;

/** Why a pattern was refused, in the two languages of the product. */
export type FileNameFault = { en: string; ru: string };

type Token = 'date' | 'time' | 'seq' | 'type' | 'op' | 'trans' | 'number' | 'pnr' | 'client' | 'id' | 'replay';
type Part = { token: Token; text: '' } | { token: undefined; text: string };

/** Longest text of the tokens that are never shortened; 16 digits hold any safe integer. */
const FIXED_LENGTH: Partial<Record<Token, number>> = { date: 8, time: 6, seq: 16, id: 36, replay: 2 };
/** Tokens that may be shortened, in the order in which they give way. */
const SHRINKABLE: readonly Token[] = ['number', 'pnr', 'client', 'trans', 'op', 'type'];
const TOKENS: ReadonlySet<string> = new Set([...Object.keys(FIXED_LENGTH), ...SHRINKABLE]);

const SAFE = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,119}$/;
const UNSAFE_CHARACTER = /[^A-Za-z0-9._-]/gu;
const RESERVED = /^(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\.|$)/i;
const DEFAULT_NAME = /^\d{8}-\d{6}-(\d{9,16})-.*\.xml$/i;
/** The ~2 is what the client appends when a name is taken by other content (spec 7.5). */
const REPLAY_ENDING = /-R(?:~\d+)?\.xml$/i;
const FIRST_INSTANT = 0;
const LAST_INSTANT = Date.UTC(9999, 11, 30);

/**
 * Compiles a `File_name` pattern.
 * @example
 * const compiled = compileFileName('{number}-{seq}.xml');
 * if (compiled.ok) compiled.name(message, { client: 'agency-17', zone: 'Europe/Moscow' }); // '4214200000002-000001042.xml'
 */
export function compileFileName(pattern: string): { ok: true; name: FileNamer } | { ok: false; why: FileNameFault } {
  const split = splitPattern(pattern);
  if (!Array.isArray(split)) return { ok: false, why: split };
  return { ok: true, name: buildNamer(split) };
}

/** The sequence that a name made by the default pattern carries, or undefined for any other name. Used to look for gaps in a folder. */
export function readDefaultName(name: string): { sequence: number; replay: boolean } | undefined {
  const match = DEFAULT_NAME.exec(name);
  if (match === null) return undefined;
  const sequence = Number(match[1]);
  return Number.isSafeInteger(sequence) ? { sequence, replay: REPLAY_ENDING.test(name) } : undefined;
}

function splitPattern(pattern: string): Part[] | FileNameFault {
  const parts: Part[] = [];
  let fixed = 0;
  let unique = false;
  if (/[/\\]/.test(pattern)) {
    return {
      en: 'a file name pattern must not contain / or \\: the folder is flat',
      ru: 'шаблон имени файла не может содержать / или \\: папка не имеет вложенных',
    };
  }
  if (!pattern.endsWith('.xml'))
    return { en: 'a file name pattern must end in .xml', ru: 'шаблон имени файла должен заканчиваться на .xml' };
  for (const piece of pattern.match(/\{[^{}]*\}|[^{}]+|[{}]/g) ?? []) {
    if (!piece.startsWith('{') && piece !== '}') {
      const text = piece.replace(UNSAFE_CHARACTER, '_');
      fixed += text.length;
      parts.push({ token: undefined, text });
      continue;
    }
    const token = piece.slice(1, -1);
    if (!isToken(token)) {
      const known = [...TOKENS].map((name) => `{${name}}`).join(' ');
      return {
        en: `${piece} is not a part of a file name; known are ${known}`,
        ru: `${piece} не является частью имени файла; известны ${known}`,
      };
    }
    fixed += FIXED_LENGTH[token] ?? 0;
    unique ||= token === 'seq' || token === 'id';
    parts.push({ token, text: '' });
  }
  if (!unique) {
    return {
      en: 'a file name pattern must contain {seq} or {id}, otherwise two files could get one name',
      ru: 'шаблон имени файла должен содержать {seq} или {id}, иначе имена файлов могут совпасть',
    };
  }
  if (fixed > MAX_LENGTH - LEADING_MARK) {
    return {
      en: `the file name pattern is too long: its unchanging part takes ${fixed} characters of ${MAX_LENGTH - LEADING_MARK}`,
      ru: `шаблон имени файла слишком длинный: его неизменная часть занимает знаков: ${fixed}, допустимо ${MAX_LENGTH - LEADING_MARK}`,
    };
  }
  return parts;
}

function isToken(name: string): name is Token {
  return TOKENS.has(name);
}

function buildNamer(parts: readonly Part[]): FileNamer {
  const clocks = new Map<string, Clock>();
  const usesClock = parts.some((part) => part.token === 'date' || part.token === 'time');
  return (message, context) => {
    if (!Number.isSafeInteger(message.sequence) || message.sequence < 0) {
      throw new RangeError(`sequence ${message.sequence} of message ${message.id} is not a whole number from 0`);
    }
    let stamp = NO_STAMP;
    if (usesClock) {
      let clock = clocks.get(context.zone);
      if (clock === undefined) {
        clock = createClock(context.zone);
        clocks.set(context.zone, clock);
      }
      stamp = clock(message.createdAt);
    }
    let name = '';
    for (const part of parts) name += part.token === undefined ? part.text : tokenText(part.token, message, context, stamp);
    if (SAFE.test(name) && !RESERVED.test(name)) return name;
    const values = parts.map((part) =>
      part.token === undefined ? part.text : tokenText(part.token, message, context, stamp).replace(UNSAFE_CHARACTER, '_'),
    );
    const safe = fit(parts, values, MAX_LENGTH);
    return RESERVED.test(safe) ? `_${fit(parts, values, MAX_LENGTH - LEADING_MARK)}` : safe;
  };
}

function tokenText(token: Token, message: FileNameMessage, context: FileNameContext, stamp: Stamp): string {
  switch (token) {
    case 'date':
      return stamp.date;
    case 'time':
      return stamp.time;
    case 'seq':
      return String(message.sequence).padStart(9, '0');
    case 'type':
      return message.meta.type;
    case 'op':
      return message.meta.opType;
    case 'trans':
      return message.meta.transType;
    case 'number':
      return message.meta.number;
    case 'pnr':
      return message.meta.pnr ?? '';
    case 'client':
      return context.client;
    case 'id':
      return message.id.length > 36 ? message.id.slice(0, 36) : message.id;
    case 'replay':
      return message.replay ? '-R' : '';
  }
}

function fit(parts: readonly Part[], values: readonly string[], limit: number): string {
  const fitted = [...values];
  let excess = fitted.reduce((sum, value) => sum + value.length, 0) - limit;
  for (const token of SHRINKABLE) {
    for (let i = 0; i < parts.length && excess > 0; i++) {
      if (parts[i]?.token !== token) continue;
      const value = fitted[i] ?? '';
      const kept = Math.max(0, value.length - excess);
      excess -= value.length - kept;
      fitted[i] = value.slice(0, kept);
    }
  }
  const name = fitted.join('');
  return name.startsWith('.') ? `_${name.slice(1)}` : name;
}

type Stamp = { date: string; time: string };
type Clock = (createdAt: string) => Stamp;
const NO_STAMP: Stamp = { date: '', time: '' };

/**
 * A clock remembers the stretch of time in which its zone keeps one offset, so a name asks the time zone data only when a stretch ends,
 * and the last second, because messages come in bursts.
 */
function createClock(zone: string): Clock {
  let from = Number.POSITIVE_INFINITY;
  let until = Number.NEGATIVE_INFINITY;
  let offset = 0;
  let second = Number.NaN;
  let stamp = NO_STAMP;
  return (createdAt) => {
    const instant = Date.parse(createdAt);
    if (!(instant >= FIRST_INSTANT && instant < LAST_INSTANT)) {
      throw new RangeError(`createdAt "${createdAt}" is not a time of the years 1970 to 9999 such as 2026-11-22T14:05:00Z`);
    }
    const wanted = Math.floor(instant / 1000);
    if (wanted === second) return stamp;
    if (instant < from || instant >= until) {
      const here = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
      from = here.add({ nanoseconds: 1 }).getTimeZoneTransition('previous')?.epochMilliseconds ?? Number.NEGATIVE_INFINITY;
      until = here.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY;
      offset = here.offsetNanoseconds / 1e6;
    }
    const local = new Date(wanted * 1000 + offset).toISOString();
    second = wanted;
    stamp = {
      date: local.slice(0, 4) + local.slice(5, 7) + local.slice(8, 10),
      time: local.slice(11, 13) + local.slice(14, 16) + local.slice(17, 19),
    };
    return stamp;
  };
}
