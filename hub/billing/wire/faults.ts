import { ERRORS, type ErrorCode, type HubError } from '../../core/errors.ts';
import type { FaultName, Operation } from '../catalogue/descriptor.ts';

/** What went wrong, in the words of the faces (spec billing 10.3). */
export interface Fault {
  readonly name: FaultName;
  /** In the caller's language. */
  readonly message: string;
  /** A code for programs, or null. */
  readonly tag: string | null;
  /** The caller's fault (malformed, unknown, not logged in) or ours; business refusals are ours to SOAP, as they were. */
  readonly side: 'client' | 'server';
}

export type Language = 'ru' | 'en';

/** The text of spec 6.4, word by word; also for an unknown login, so that nobody learns which logins there are. */
const WRONG_PASSWORD = { ru: 'Неправильный пароль.', en: 'Wrong password.' };

/** Meant for the user of the foreign program, who can do something about it. */
const FOR_USERS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'OPERATION_CONFLICT',
  'STALE_VERSION',
  'NOT_ALLOWED',
]);
const BAD_INPUT: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['BAD_REQUEST', 'VALIDATION']);
const CLIENT_SIDE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'UNAUTHORIZED',
  'MALFORMED_JSON',
  'TOO_LARGE',
  'UNSUPPORTED_MEDIA',
  'METHOD_NOT_ALLOWED',
  'REQUEST_TIMEOUT',
]);

/** An operation, a service, an action that is not there: reasons of NOT_FOUND that are no business of users. */
export const UNKNOWN_TARGET = 'unknown_target';
/** Described and not served (catalogue 1). */
export const UNSUPPORTED = 'unsupported';

function messageOf(error: HubError, language: Language, requestId: string): string {
  if (error.code === 'UNAUTHORIZED') return WRONG_PASSWORD[language];
  const title = ERRORS[error.code][language];
  if (error.code === 'INTERNAL') return `${title}: ${requestId}`;
  if (language === 'en') return error.message;
  if (error.russian !== undefined) return error.russian;
  if (error.message === ERRORS[error.code].en) return title;
  return `${title}: ${BAD_INPUT.has(error.code) && error.reason !== undefined ? error.reason : error.message}`;
}

/** @param operation whose declared faults count; undefined where there is none. */
export function faultOf(error: HubError, about: { language: Language; requestId: string; operation?: Operation | undefined }): Fault {
  const message = messageOf(error, about.language, about.requestId);
  const tag = error.reason ?? null;
  if (error.reason === UNKNOWN_TARGET) return { name: 'BGException', message, tag: null, side: 'client' };
  const side = CLIENT_SIDE.has(error.code) ? 'client' : 'server';
  if (FOR_USERS.has(error.code)) return { name: 'BGMessageException', message, tag, side };
  const named = BAD_INPUT.has(error.code) && about.operation?.faults.includes('BGIllegalArgumentException') === true;
  return { name: named ? 'BGIllegalArgumentException' : 'BGException', message, tag, side };
}

/** `ru.bitel.bgbilling.common.BGException` */
export const classOf = (name: FaultName): string => `ru.bitel.bgbilling.common.${name}`;

/** English for whoever asks for it, by the header or by the operator's setting (spec 10.3). */
export function languageFor(acceptLanguage: string | undefined, locale: Language | undefined): Language {
  const first = /^\s*(ru|en)\b/i.exec(acceptLanguage ?? '')?.[1]?.toLowerCase();
  return first === 'en' || first === 'ru' ? first : (locale ?? 'ru');
}
