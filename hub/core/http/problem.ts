import { ERRORS, type HubError } from '../errors.ts';

/** Problem details of RFC 9457, as every failed request of the REST interface answers them. */
export interface Problem {
  /** `urn:vestnik:error:<code>`; the codes are in docs/errors.md. */
  readonly type: string;
  /** What is wrong in general, in the caller's language. */
  readonly title: string;
  readonly status: number;
  readonly code: string;
  /** A finer code than `code`, where an error has one. */
  readonly reason?: string;
  /** The code of the module's old protocol for the same, where it has one. */
  readonly lineCode?: string;
  /** What is wrong with this request. */
  readonly detail: string;
  /** Path of the request. */
  readonly instance: string;
  readonly requestId: string;
  readonly details?: readonly { readonly code: string; readonly path: string; readonly message: string }[];
}

export type Language = 'ru' | 'en';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The better liked of ru and en in an Accept-Language header (RFC 9110, 12.5.4); `fallback` when it names neither. */
export function languageOf(header: string | undefined, fallback: Language): Language {
  let best: Language = fallback;
  let weight = 0;
  for (const part of (header ?? '').slice(0, 500).split(',')) {
    const match = /^\s*(ru|en)(?:-[a-z0-9-]+)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?$/i.exec(part);
    const q = match ? Number(match[2] ?? 1) : 0;
    if (q <= weight) continue;
    weight = q;
    best = match?.[1]?.toLowerCase() === 'ru' ? 'ru' : 'en';
  }
  return best;
}

/** The body of a failed request. `detail` is in English where the error knows no Russian for it. */
export function problemOf(
  error: HubError,
  about: { readonly language: Language; readonly path: string; readonly requestId: string; readonly lineCode?: string | undefined },
): Problem {
  const entry = ERRORS[error.code];
  const title = entry[about.language];
  const message = (about.language === 'ru' ? error.russian : undefined) ?? error.message;
  return {
    type: `urn:vestnik:error:${error.code}`,
    title,
    status: entry.status,
    code: error.code,
    ...(error.reason !== undefined && { reason: error.reason }),
    ...(about.lineCode !== undefined && { lineCode: about.lineCode }),
    detail: message === entry.en ? title : message,
    instance: about.path,
    requestId: about.requestId,
    ...(error.details.length > 0 && { details: error.details.map(({ code, path, message }) => ({ code, path, message })) }),
  };
}
