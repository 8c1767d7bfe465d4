import type { FeedErrorCode } from '@vestnik/protocol/feed.ts';
import { type Language, messageText, type Text } from './messages.ts';

/**
 * Why a request of the feed failed: one class a cause, each with the underlying error as `cause` (spec online-ticket 6.4). The message is
 * technical and short; it goes into the log as the reason of a lost connection.
 */

/** No answer: name not found, refused, cut, silent, not TLS, or the proxy said no. Another address may do better. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** The certificate of this client is not accepted: a TLS alert, or 403 with its code. */
export class CertificateRefused extends Error {
  override readonly name = 'CertificateRefused';
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super(`the certificate is refused (${code})`, { cause });
    this.code = code;
  }
}

/** A newer copy holds the session. */
export class SessionTaken extends Error {
  override readonly name = 'SessionTaken';
}

/** An acknowledgement names a message that the hub does not know under this sequence. */
export class AcknowledgementMismatch extends Error {
  override readonly name = 'AcknowledgementMismatch';
}

/** The hub asks to come later: 429 or 503. */
export class Busy extends Error {
  override readonly name = 'Busy';
  readonly code: FeedErrorCode;
  /** From `Retry-After`, milliseconds; undefined where the hub named no time. */
  readonly retryAfterMs: number | undefined;

  constructor(code: FeedErrorCode, message: string, retryAfterMs: number | undefined) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Hub and client do not understand each other: 400, 413, 415, any other status, or an answer of the wrong form. */
export class ProtocolDefect extends Error {
  override readonly name = 'ProtocolDefect';
}

/** The request was taken back by the program itself. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

export type FeedFailure = Unreachable | CertificateRefused | SessionTaken | AcknowledgementMismatch | Busy | ProtocolDefect | Cancelled;

/** A failure as -check and -replay tell it. Only what a person must act on is worded; the rest is the technical reason. */
export function failureText(error: FeedFailure): Text {
  if (!(error instanceof CertificateRefused)) return { en: error.message, ru: error.message };
  if (error.code === 'NOT_ALLOWED') {
    return {
      en: 'the server does not let this client ask for replays (NOT_ALLOWED); ask the operator',
      ru: 'сервер не разрешает этому клиенту запрашивать повторную выдачу (NOT_ALLOWED); обратитесь к оператору',
    };
  }
  const told = (language: Language) => `OT2008 ${messageText('OT2008', { code: error.code }, language)}`;
  return { en: told('en'), ru: told('ru') };
}

const CLASSES = [Unreachable, CertificateRefused, SessionTaken, AcknowledgementMismatch, Busy, ProtocolDefect, Cancelled];

export function isFeedFailure(error: unknown): error is FeedFailure {
  return CLASSES.some((failure) => error instanceof failure);
}
