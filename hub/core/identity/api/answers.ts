import { z } from 'zod';
import { HubError } from '../../errors.ts';
import { isInstant, readInstant } from '../../instant.ts';
import type { Session } from '../list-sessions.ts';
import type { Token } from '../list-tokens.ts';
import type { Operator } from '../operator.ts';
import type { Principal } from '../principal.ts';
import type { AuditRecord } from '../search-audit.ts';

/** The JSON forms of this room: schemas for OpenAPI and, beside each, the function that makes it. Absent values are null. */
const time = z.iso.datetime({ offset: true });
const nullableTime = time.nullable();
const rights = z.array(z.string());

const said = (instant: Temporal.Instant | undefined): string | null => instant?.toString() ?? null;

/** Text that PostgreSQL can store. */
export const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine((value) => !value.includes('\0'), 'must not contain the character NUL');

export const limit = z.coerce.number().int().min(1).max(1_000).optional();
export const cursor = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional();
export const serial = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
export const loginParameter = z.object({ login: text(64) });
/** An RFC 3339 time with its offset; `toInstant` reads it. */
export const timeParameter = time.refine(isInstant, 'must lie in the years 1900 to 2199').optional();

/** @throws HubError VALIDATION naming the field. */
export function toInstant(value: string | undefined, path: string): Temporal.Instant | undefined {
  if (value === undefined) return undefined;
  try {
    return readInstant(value);
  } catch (cause) {
    const message = `${path.slice(1)} is not a time of the form 2026-11-22T14:05:00+03:00`;
    throw new HubError('VALIDATION', message, { cause, details: [{ code: 'BAD_FORMAT', path, message }] });
  }
}

/** What an operator's card has besides login, rights and password. */
export const profileFields = {
  displayName: text(200).optional(),
  email: text(300).optional().describe('An empty text removes it'),
  locale: z.enum(['ru', 'en']).optional(),
};

export const whoAnswer = z.object({ login: z.string(), displayName: z.string(), locale: z.enum(['ru', 'en']), rights });
export const who = ({ login, displayName, locale, rights }: Pick<Principal, 'login' | 'displayName' | 'locale' | 'rights'>) => ({
  login,
  displayName,
  locale,
  rights: [...rights],
});

export const operatorAnswer = whoAnswer.extend({
  operatorId: z.number(),
  email: z.string().nullable(),
  enabled: z.boolean(),
  version: z.number(),
  createdAt: time,
  changedAt: time,
  lastLoginAt: nullableTime,
});
export const operatorJson = (operator: Operator): z.infer<typeof operatorAnswer> => ({
  ...who(operator),
  operatorId: operator.operatorId,
  email: operator.email ?? null,
  enabled: operator.enabled,
  version: operator.version,
  createdAt: operator.createdAt.toString(),
  changedAt: operator.changedAt.toString(),
  lastLoginAt: said(operator.lastLoginAt),
});

export const sessionAnswer = z.object({
  sessionId: z.number(),
  address: z.string(),
  userAgent: z.string(),
  createdAt: time,
  seenAt: time,
  expiresAt: time,
  current: z.boolean().describe('The session of this request'),
});
export const sessionJson = (session: Session, current: number | undefined): z.infer<typeof sessionAnswer> => ({
  ...session,
  createdAt: session.createdAt.toString(),
  seenAt: session.seenAt.toString(),
  expiresAt: session.expiresAt.toString(),
  current: session.sessionId === current,
});

export const tokenAnswer = z.object({
  tokenId: z.number(),
  login: z.string(),
  name: z.string(),
  rights,
  createdAt: time,
  expiresAt: nullableTime,
  lastUsedAt: nullableTime,
  revokedAt: nullableTime,
});
export const tokenJson = (token: Token): z.infer<typeof tokenAnswer> => ({
  ...token,
  rights: [...token.rights],
  createdAt: token.createdAt.toString(),
  expiresAt: said(token.expiresAt),
  lastUsedAt: said(token.lastUsedAt),
  revokedAt: said(token.revokedAt),
});

const fields = z.record(z.string(), z.unknown()).nullable();
export const auditAnswer = z.object({
  id: z.number(),
  time,
  login: z.string(),
  face: z.string(),
  address: z.string().nullable(),
  requestId: z.string().nullable(),
  action: z.string(),
  object: z.string(),
  before: fields,
  after: fields,
  reason: z.string().nullable(),
});
export const auditJson = (row: AuditRecord): z.infer<typeof auditAnswer> => ({
  id: row.id,
  time: row.time.toString(),
  login: row.login,
  face: row.face,
  address: row.address ?? null,
  requestId: row.requestId ?? null,
  action: row.action,
  object: row.object,
  before: row.before ?? null,
  after: row.after ?? null,
  reason: row.reason ?? null,
});
