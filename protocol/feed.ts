/**
 * The feed between the hub and an agency's client (spec online-ticket, chapter 6): message types, limits, error codes, and the readers
 * with which the client checks what a hub answers. Requests are checked by the hub. Pure code, no I/O.
 */

/** The limits of the feed. Times in seconds, sizes in bytes. */
export const FEED_LIMITS = {
  /** Entries of `ack` in one pull. */
  acknowledgements: 1_000,
  maxMessages: 1_000,
  defaultMessages: 100,
  minBytes: 65_536,
  maxBytes: 33_554_432,
  defaultBytes: 4_194_304,
  maxWaitSeconds: 55,
  defaultWaitSeconds: 25,
  /** Answers above this size are compressed for a client that accepts gzip. */
  gzipAbove: 4_096,
  /** Body of a request; above it 413. */
  requestBody: 1_048_576,
  requestsPerSecond: 50,
  sessionLeaseSeconds: 90,
  /** The lease is written again when it is older than this. */
  sessionLeaseWriteSeconds: 20,
  /** How many displaced instances a session remembers. */
  displacedInstances: 16,
  /** Stuck messages that one report may name. */
  stuckReported: 100,
  /** Status counts a queue exactly up to here. */
  exactQueue: 10_000,
  /** Numbers or sequences that one replay request may name. */
  replaySelectors: 1_000,
} as const;

export const FEED_PATHS = { pull: '/feed/v1/pull', status: '/feed/v1/status', replay: '/feed/v1/replay' } as const;
/** Header that carries the UUID a client makes at its start; the session belongs to it (spec 6.3). */
export const FEED_INSTANCE_HEADER = 'x-feed-instance';

/** Every error of the feed with its HTTP status (spec 6.4). */
export const FEED_ERRORS = {
  BAD_REQUEST: 400,
  CERT_UNKNOWN: 403,
  CERT_REVOKED: 403,
  CLIENT_CLOSED: 403,
  NOT_ALLOWED: 403,
  SESSION_TAKEN: 409,
  ACK_MISMATCH: 409,
  TOO_LARGE: 413,
  UNSUPPORTED_MEDIA: 415,
  TOO_MANY_REQUESTS: 429,
  STORE_UNAVAILABLE: 503,
  SHUTTING_DOWN: 503,
} as const;

export type FeedErrorCode = keyof typeof FEED_ERRORS;
export type FeedErrorBody = { error: { code: FeedErrorCode; message: string } };

/** One message as both sides name it: its place in the mailbox and its UUID. */
export type Acknowledgement = { sequence: number; id: string };

export type StorageState = 'ok' | 'full' | 'missing' | 'denied';

/** What a client tells of itself; shown to the operators. `code` is the system's error, such as EBUSY. */
export type ClientReport = {
  version: string;
  storage: StorageState;
  freeBytes: number;
  stuck: { sequence: number; id: string; code: string }[];
};

/** Body of a pull. `ack` and `ackThrough` exclude each other; absent fields have the defaults of spec 6.2. */
export type PullRequest = {
  ack?: Acknowledgement[];
  ackThrough?: Acknowledgement;
  after?: number;
  max?: number;
  maxBytes?: number;
  waitSeconds?: number;
  ackExpired?: number;
  report?: ClientReport;
};

export type FeedMeta = { type: string; opType: string; transType: string; number: string; pnr?: string };

/** One message. `sha256` (lower-case hex) is over the UTF-8 bytes of `xml`; times are RFC 3339 in UTC. */
export type FeedMessage = {
  id: string;
  sequence: number;
  documentId: string;
  name: string;
  sha256: string;
  createdAt: string;
  expiresAt: string;
  replay: boolean;
  meta: FeedMeta;
  xml: string;
};

export type ExpiredRange = { from: number; to: number; count: number };
export type FeedWarning = { code: string; days?: number };

export type PullAnswer = {
  client: string;
  serverTime: string;
  held: boolean;
  /** How many messages this request removed from the mailbox. */
  acked: number;
  /** Upper estimate of what is still queued after this answer. */
  behind: number;
  messages: FeedMessage[];
  expired: ExpiredRange[];
  warnings: FeedWarning[];
};

export type StatusAnswer = {
  client: string;
  state: 'active' | 'held' | 'closed';
  held: boolean;
  /** Queue length; exact when `queuedExact`, otherwise at least this many. */
  queued: number;
  queuedExact: boolean;
  /** When the oldest waiting message was queued, null for an empty mailbox. */
  oldest: string | null;
  certificateExpires: string;
  /** Who holds the session now, null when nobody does. */
  session: { instance: string; since: string; leaseUntil: string } | null;
};

/** Body of a replay: one of the three selections. Times are RFC 3339; sequences are inclusive ranges. */
export type ReplayRequest = { numbers: string[] } | { from: string; to: string } | { sequences: { from: number; to: number }[] };

export type ReplayAnswer = { queued: number };

/** An answer that does not have the shape of the feed. The message names the place, what stands there and what would be right. */
export class FeedFormatError extends Error {
  override readonly name = 'FeedFormatError';
}

type Fields = Record<string, unknown>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const SHA256 = /^[0-9a-f]{64}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** True for the form of every id in the feed: a UUID in any case. */
export function isMessageId(value: string): boolean {
  return UUID.test(value);
}

/**
 * Checks the answer of a pull. Fields this version does not know are ignored, so that a newer hub can add some.
 * Messages must rise in sequence and carry ids and digests of the right form; whether a digest is true is for the receiver to find.
 * @throws FeedFormatError
 */
export function parsePullAnswer(value: unknown): PullAnswer {
  const fields = record(value, 'answer');
  const answer: PullAnswer = {
    client: text(fields, 'client', ''),
    serverTime: instant(fields, 'serverTime', ''),
    held: flag(fields, 'held', ''),
    acked: whole(fields, 'acked', '', 0),
    behind: whole(fields, 'behind', '', 0),
    messages: list(fields, 'messages', '').map(parseMessage),
    expired: list(fields, 'expired', '').map(parseExpired),
    warnings: list(fields, 'warnings', '').map(parseWarning),
  };
  let last = 0;
  answer.messages.forEach((message, index) => {
    if (message.sequence <= last) {
      throw new FeedFormatError(`messages[${index}].sequence is ${message.sequence} after ${last}; sequences must rise`);
    }
    last = message.sequence;
  });
  return answer;
}

/**
 * Checks the answer of a status request.
 * @throws FeedFormatError
 */
export function parseStatusAnswer(value: unknown): StatusAnswer {
  const fields = record(value, 'answer');
  const state = text(fields, 'state', '');
  if (state !== 'active' && state !== 'held' && state !== 'closed') throw wrong('state', state, 'active, held or closed');
  return {
    client: text(fields, 'client', ''),
    state,
    held: flag(fields, 'held', ''),
    queued: whole(fields, 'queued', '', 0),
    queuedExact: flag(fields, 'queuedExact', ''),
    oldest: fields['oldest'] === null ? null : instant(fields, 'oldest', ''),
    certificateExpires: instant(fields, 'certificateExpires', ''),
    session: fields['session'] === null ? null : parseSession(fields['session']),
  };
}

/**
 * Checks the answer of a replay request.
 * @throws FeedFormatError
 */
export function parseReplayAnswer(value: unknown): ReplayAnswer {
  return { queued: whole(record(value, 'answer'), 'queued', '', 0) };
}

/** The code and message of an error body, or undefined where the body is none of the feed's (a proxy's page, say). */
export function parseFeedError(value: unknown): { code: FeedErrorCode; message: string } | undefined {
  if (!isRecord(value) || !isRecord(value['error'])) return undefined;
  const { code, message } = value['error'];
  if (typeof code !== 'string' || !Object.hasOwn(FEED_ERRORS, code)) return undefined;
  return { code: code as FeedErrorCode, message: typeof message === 'string' ? message : '' };
}

function parseMessage(value: unknown, index: number): FeedMessage {
  const at = `messages[${index}]`;
  const fields = record(value, at);
  const meta = record(fields['meta'], `${at}.meta`);
  const inMeta = `${at}.meta.`;
  const inside = `${at}.`;
  return {
    id: matching(fields, 'id', inside, UUID, 'a UUID'),
    sequence: whole(fields, 'sequence', inside, 1),
    documentId: matching(fields, 'documentId', inside, UUID, 'a UUID'),
    name: text(fields, 'name', inside),
    sha256: matching(fields, 'sha256', inside, SHA256, '64 lower-case hexadecimal digits'),
    createdAt: instant(fields, 'createdAt', inside),
    expiresAt: instant(fields, 'expiresAt', inside),
    replay: flag(fields, 'replay', inside),
    meta: {
      type: text(meta, 'type', inMeta),
      opType: text(meta, 'opType', inMeta),
      transType: text(meta, 'transType', inMeta),
      number: text(meta, 'number', inMeta),
      ...(meta['pnr'] === undefined || meta['pnr'] === null ? {} : { pnr: text(meta, 'pnr', inMeta) }),
    },
    xml: text(fields, 'xml', inside),
  };
}

function parseExpired(value: unknown, index: number): ExpiredRange {
  const at = `expired[${index}]`;
  const fields = record(value, at);
  return {
    from: whole(fields, 'from', `${at}.`, 1),
    to: whole(fields, 'to', `${at}.`, 1),
    count: whole(fields, 'count', `${at}.`, 0),
  };
}

function parseWarning(value: unknown, index: number): FeedWarning {
  const at = `warnings[${index}]`;
  const fields = record(value, at);
  const code = text(fields, 'code', `${at}.`);
  return fields['days'] === undefined ? { code } : { code, days: whole(fields, 'days', `${at}.`, Number.MIN_SAFE_INTEGER) };
}

function parseSession(value: unknown): StatusAnswer['session'] {
  const fields = record(value, 'session');
  return {
    instance: matching(fields, 'instance', 'session.', UUID, 'a UUID'),
    since: instant(fields, 'since', 'session.'),
    leaseUntil: instant(fields, 'leaseUntil', 'session.'),
  };
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function record(value: unknown, at: string): Fields {
  if (!isRecord(value)) throw wrong(at, value, 'an object');
  return value;
}

function list(fields: Fields, key: string, inside: string): unknown[] {
  const value = fields[key];
  if (!Array.isArray(value)) throw wrong(inside + key, value, 'a list');
  return value;
}

function text(fields: Fields, key: string, inside: string): string {
  const value = fields[key];
  if (typeof value !== 'string') throw wrong(inside + key, value, 'a text');
  return value;
}

function flag(fields: Fields, key: string, inside: string): boolean {
  const value = fields[key];
  if (typeof value !== 'boolean') throw wrong(inside + key, value, 'true or false');
  return value;
}

function whole(fields: Fields, key: string, inside: string, least: number): number {
  const value = fields[key];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
    const right = least === Number.MIN_SAFE_INTEGER ? 'a whole number' : `a whole number from ${least}`;
    throw typeof value === 'number'
      ? new FeedFormatError(`${inside}${key} is ${value}; right would be ${right}`)
      : wrong(inside + key, value, right);
  }
  return value;
}

function instant(fields: Fields, key: string, inside: string): string {
  const value = matching(fields, key, inside, INSTANT, 'a time such as 2026-11-22T11:05:00Z');
  if (Number.isNaN(Date.parse(value))) throw wrong(inside + key, value, 'a time such as 2026-11-22T11:05:00Z');
  return value;
}

function matching(fields: Fields, key: string, inside: string, form: RegExp, right: string): string {
  const value = fields[key];
  if (typeof value !== 'string' || !form.test(value)) throw wrong(inside + key, value, right);
  return value;
}

/** Values are described, not quoted: a wrong field may hold a person's data, and the message goes into a log. */
function wrong(at: string, value: unknown, right: string): FeedFormatError {
  return new FeedFormatError(`${at} is ${describe(value)}; right would be ${right}`);
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
