import type { AttemptResult } from '../driver.ts';

/**
 * What an answer of a mail server, or its silence, means for an attempt: the table of specification 5.1, as a function of what nodemailer throws.
 */
export interface Verdict {
  readonly result: AttemptResult;
  readonly code: string;
  readonly detail: string;
  /** Milliseconds from now before which the address is not to be tried again. */
  readonly pause: number | undefined;
  /** What is wrong with our way to the server, so that other mails would fail too: it refuses our login, or cannot be spoken to at all. */
  readonly trouble: 'login' | 'connection' | undefined;
}

/** The fields that nodemailer puts on its errors; any may be missing, and anything may be thrown. */
interface MailError {
  readonly message?: unknown;
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly command?: unknown;
  readonly response?: unknown;
}

/** Greylisting servers want to be left alone for this long, milliseconds (specification 5.1: at least 300 s). */
const GREYLIST_PAUSE = 300_000;
const DETAIL_MOST = 500;
const CODE_MOST = 64;

const REPLY = /^([2-5]\d\d)(?:[ -]([245]\.\d{1,3}\.\d{1,3})(?=\s|$))?/;
const TOO_MANY = /too many (?:concurrent |simultaneous |open )?(?:connections|sessions)/i;
const GREYLISTED = /gr[ae]y-?\s?list/i;
/** Not about the receiver: the command is not known here, comes at a wrong moment, or needs a login or TLS first. */
const OURS = new Set([500, 502, 503, 504, 530, 534, 535, 538]);

/** Codes of nodemailer, by the words that stand in reports; what it does not hold keeps the code of Node or OpenSSL. */
const OWN_CODES: ReadonlyMap<string, string> = new Map([
  ['EDNS', 'dns'],
  ['ETLS', 'tls'],
  ['ETIMEDOUT', 'timeout'],
  ['ECONNECTION', 'cut'],
  ['EPROTOCOL', 'garbage'],
]);

/** One line without control characters, cut to its limit. */
export function oneLine(text: string, most = DETAIL_MOST): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

/** `250`, or with the enhanced code that follows `550 5.1.1`; undefined where the text does not begin with a code. */
export function replyCode(reply: string): string | undefined {
  const found = REPLY.exec(reply);
  return found ? (found[2] === undefined ? found[1] : `${found[1]} ${found[2]}`) : undefined;
}

const verdict = (result: AttemptResult, code: string, detail: string, more: Partial<Verdict> = {}): Verdict => ({
  result,
  code: oneLine(code, CODE_MOST),
  detail: oneLine(detail),
  pause: undefined,
  trouble: undefined,
  ...more,
});

/** A refusal that the server has put into words. @param command at which: `RCPT TO`, `DATA`, `MAIL FROM`, `AUTH PLAIN`, `CONN`, ... */
function judgeReply(reply: string, command: string): Verdict {
  const code = replyCode(reply);
  const status = Number(code?.slice(0, 3));
  const detail = `${command}: ${reply}`;
  // Neither yes nor no, or a yes where it makes no sense: whoever speaks there does not speak SMTP.
  if (code === undefined || status < 400) {
    return verdict('channel', 'garbage', `the server answered ${command} with: ${reply}`, { trouble: 'connection' });
  }
  if (status === 421 || TOO_MANY.test(reply)) return verdict('slow', code, detail);
  if (command === 'RCPT TO' || command === 'DATA') {
    if (OURS.has(status)) return verdict('channel', code, detail);
    if (status >= 500) return verdict('permanent', code, detail);
    const greylisted = status === 450 || status === 451 || GREYLISTED.test(reply);
    return verdict('temporary', code, detail, { pause: greylisted ? GREYLIST_PAUSE : undefined });
  }
  // The sender: "not so fast" says nothing of the receiver, and a sender that is refused is our own.
  if (command === 'MAIL FROM') return verdict(status < 500 ? 'slow' : 'channel', code, detail);
  return verdict('channel', code, detail, { trouble: command.startsWith('AUTH') && status >= 500 ? 'login' : 'connection' });
}

/**
 * @param error what nodemailer threw
 * @param dotSent the end of the message may have left: without an answer nobody knows then whether the server has it
 */
export function judgeFailure(error: unknown, dotSent: boolean): Verdict {
  const { message, code, originalCode, command, response } = (typeof error === 'object' && error !== null ? error : {}) as MailError;
  const at = typeof command === 'string' ? command : 'CONN';
  if (typeof response === 'string' && response !== '') return judgeReply(response, at);
  const own = typeof code === 'string' ? code : '';
  const cause = typeof originalCode === 'string' ? originalCode : own;
  const name = OWN_CODES.get(own) ?? (cause === '' ? 'error' : cause);
  const detail = typeof message === 'string' && message !== '' ? message : 'failed without a reason';
  if (dotSent) {
    const aborted = own === 'EABORT';
    const trouble = aborted ? undefined : 'connection';
    return verdict('unknown', aborted ? 'aborted' : name, `no answer after the end of the message: ${detail}`, { trouble });
  }
  if (own === 'EABORT') return verdict('canceled', 'aborted', 'aborted before the message was handed over');
  // Refused by nodemailer itself: not a recipient that can stand in a command.
  if (own === 'EENVELOPE') return verdict('permanent', 'address', detail);
  // Larger than the server announced that it takes, or a message that cannot be built: the way to the server is in order.
  if (own === 'EMESSAGE') return verdict('channel', 'size', detail);
  if (own === 'EAUTH' || own === 'ENOAUTH') return verdict('channel', 'login', detail, { trouble: 'login' });
  if (own === 'ESTREAM' || own === 'EFILEACCESS' || own === 'EURLACCESS') return verdict('channel', name, detail);
  return verdict('channel', name, detail, { trouble: 'connection' });
}
