/**
 * The one table of errors. A boundary (REST, feed, command line) translates a code from here and from nowhere else;
 * docs/errors.md is generated from it and a test holds the two together.
 */
interface ErrorEntry {
  /** HTTP status of REST and feed answers. */
  readonly status: number;
  /** What is wrong, in a sentence without details. */
  readonly en: string;
  readonly ru: string;
  /** What the caller does next. */
  readonly next: string;
}

const entry = (status: number, en: string, ru: string, next: string): ErrorEntry => ({ status, en, ru, next });

export const ERRORS = {
  MALFORMED_JSON: entry(
    400,
    'The body is not JSON in UTF-8',
    'Тело запроса не является JSON в UTF-8',
    'Correct the body; the detail names the offset.',
  ),
  BAD_REQUEST: entry(400, 'The request is not of the right form', 'Неверная форма запроса', 'Correct the field that the detail names.'),
  UNAUTHORIZED: entry(401, 'A login is needed', 'Требуется вход', 'Send HTTP Basic, a bearer token or a session cookie.'),
  FORBIDDEN: entry(
    403,
    'The operator has no right to this',
    'Недостаточно прав',
    'Ask an administrator for the right that the detail names.',
  ),
  CSRF: entry(
    403,
    'The request did not come from the console',
    'Запрос отправлен не из консоли',
    'Send the header x-vestnik-request with the session cookie.',
  ),
  CERT_UNKNOWN: entry(403, 'The certificate is not known here', 'Сертификат неизвестен', 'Ask the administrator for a new certificate.'),
  CERT_REVOKED: entry(403, 'The certificate has been revoked', 'Сертификат отозван', 'Ask the administrator for a new certificate.'),
  CLIENT_CLOSED: entry(403, 'The client is closed', 'Клиент закрыт', 'Ask the administrator to open it.'),
  NOT_ALLOWED: entry(403, 'The client may not do this itself', 'Клиенту это не разрешено', 'Ask the administrator to allow it.'),
  NOT_FOUND: entry(404, 'There is no such thing', 'Не найдено', 'Check the name or the identifier.'),
  METHOD_NOT_ALLOWED: entry(
    405,
    'This path is not used with this method',
    'Метод не поддерживается',
    'Use a method that the header Allow names.',
  ),
  REQUEST_TIMEOUT: entry(408, 'The request did not arrive in time', 'Запрос не получен вовремя', 'Send it again, whole and faster.'),
  OPERATION_CONFLICT: entry(
    409,
    'An operation with this source and id but other content is stored',
    'Операция с таким источником и номером, но другим содержанием уже есть',
    'Send a new id; nothing was changed.',
  ),
  CONFLICT: entry(
    409,
    'The present state does not allow this',
    'Текущее состояние этого не допускает',
    'Look at the present state, then decide.',
  ),
  SESSION_TAKEN: entry(409, 'Another copy of the program took over', 'Работает другая копия программы', 'Retry every 60 s as a stand-by.'),
  ACK_MISMATCH: entry(
    409,
    'An acknowledged id does not belong to its sequence',
    'Подтверждённый идентификатор не относится к номеру',
    'Drop these acknowledgements and pull from 0.',
  ),
  STALE_VERSION: entry(412, 'It was changed by somebody else meanwhile', 'Данные изменены кем-то другим', 'Read it again, then repeat.'),
  TOO_LARGE: entry(413, 'Over a limit of size', 'Превышен предел размера', 'Split it; the detail names the limit.'),
  UNSUPPORTED_MEDIA: entry(
    415,
    'This content type is not taken here',
    'Тип содержимого не поддерживается',
    'Use the content type that the detail names.',
  ),
  VALIDATION: entry(422, 'Some fields are wrong', 'Некоторые поля неверны', 'Correct every fault listed in details.'),
  TOO_MANY_REQUESTS: entry(429, 'Too many requests', 'Слишком много запросов', 'Wait as long as Retry-After says.'),
  BUSY: entry(429, 'The queue is full; nothing was stored', 'Очередь заполнена; ничего не сохранено', 'Repeat after Retry-After.'),
  HEADERS_TOO_LARGE: entry(431, 'The headers are too large', 'Слишком большие заголовки', 'Send fewer or shorter headers: 32 KiB at most.'),
  INTERNAL: entry(500, 'A defect of the hub', 'Внутренняя ошибка', 'Report it with the request id.'),
  STORE_UNAVAILABLE: entry(
    503,
    'The database or its disk is away; nothing was stored',
    'База данных или диск недоступны; ничего не сохранено',
    'Repeat after Retry-After.',
  ),
  SHUTTING_DOWN: entry(503, 'The hub is stopping', 'Сервер останавливается', 'Connect again in 0 to 10 s.'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

/** One fault among several of an input. `path` is a JSON Pointer into the input. */
export interface FaultDetail {
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

interface HubErrorOptions {
  readonly details?: readonly FaultDetail[];
  readonly retryAfter?: number;
  readonly cause?: unknown;
  readonly reason?: string;
  readonly russian?: string;
}

/** An expected failure: a code of the table, what was wrong with this input, and where. */
export class HubError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly FaultDetail[];
  /** Seconds after which a repeat may succeed. */
  readonly retryAfter: number | undefined;
  /** A finer code inside the table's one, by which programs tell cases apart: `bad_state`, `codes_missing`. Lower case. */
  readonly reason: string | undefined;
  /** The message in Russian, where it is made for people. */
  readonly russian: string | undefined;

  constructor(code: ErrorCode, message?: string, options: HubErrorOptions = {}) {
    super(message ?? ERRORS[code].en, { cause: options.cause });
    this.name = 'HubError';
    this.code = code;
    this.details = options.details ?? [];
    this.retryAfter = options.retryAfter;
    this.reason = options.reason;
    this.russian = options.russian;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** SQLSTATE classes that mean "not now", not "the statement is wrong": away, full, read-only, out of time, or chosen to yield to another. */
const AWAY_STATES = /^(08|57P|57014|53|58|25006|40001|40003|40P01)/;
const AWAY_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);
const AWAY_TEXT =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|not queryable|Query read timeout/;

/**
 * Tells whether an error of the driver means that the database is away, so that repeating later may succeed.
 * Covers lost connections, refused ones, a full disk and a server that is starting or stopping.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  // The unix socket of a server that is not running; any other file that is missing is something else.
  if (code === 'ENOENT') return syscall === 'connect';
  if (typeof code === 'string' && (AWAY_STATES.test(code) || AWAY_CODES.has(code))) return true;
  return AWAY_TEXT.test(error.message);
}

/** Turns whatever was thrown into an error of the table; unknown things become INTERNAL with the cause kept. */
export function toHubError(error: unknown): HubError {
  if (error instanceof HubError) return error;
  if (isDatabaseAway(error)) return new HubError('STORE_UNAVAILABLE', undefined, { retryAfter: 1, cause: error });
  return new HubError('INTERNAL', undefined, { cause: error });
}
