import type { Transaction } from '../database/statement.ts';
import { HubError } from '../errors.ts';
import { publish } from '../events/publish.ts';
import { audit } from './audit.ts';
import { type Caller, requireRight } from './caller.ts';
import { lockedOperator } from './operator-guards.ts';
import { checkRights, commonRights, type KnownRights, missingRights, requireAuthorityOver } from './rights.ts';
import { newTokenSecret, secretHash } from './secret.ts';
import { countTokens, insertToken } from './sql/token.ts';

export interface NewToken {
  /** What it is for, 1 to 100 characters. */
  readonly name: string;
  /** (Default: all that caller and owner have in common now) */
  readonly rights?: readonly string[] | undefined;
  /** (Default: never) */
  readonly expiresAt?: Temporal.Instant | undefined;
  /** Whose token it is. (Default: the caller's own; another's needs `identity.manage`) */
  readonly owner?: string | undefined;
}

export interface CreatedToken {
  readonly tokenId: number;
  /** The secret itself, answered this once. */
  readonly token: string;
  readonly name: string;
  readonly rights: readonly string[];
  readonly createdAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant | undefined;
}

const MOST = 100;
const CONTROL = /\p{Cc}/u;

/**
 * Makes a bearer token for programs. Its rights are checked against the owner's now, and again at each use.
 * @throws HubError FORBIDDEN (rights that caller or owner lack), VALIDATION, CONFLICT (100 tokens in force), NOT_FOUND (the owner).
 */
export async function createToken(
  tx: Transaction,
  caller: Caller,
  wanted: NewToken,
  known: KnownRights,
  now: Temporal.Instant,
): Promise<CreatedToken> {
  const owner = wanted.owner ?? caller.login;
  if (owner !== caller.login) requireRight(caller, 'identity.manage');
  const name = wanted.name.trim();
  const refuse = (path: string, message: string): never => {
    throw new HubError('VALIDATION', message, { details: [{ code: 'BAD_FORMAT', path, message }] });
  };
  if (name.length < 1 || name.length > 100 || CONTROL.test(name) || !name.isWellFormed())
    refuse('/name', 'the name of a token has 1 to 100 characters');
  if (wanted.expiresAt && Temporal.Instant.compare(wanted.expiresAt, now) <= 0)
    refuse('/expiresAt', 'a token expires in the future or never');
  const row = await lockedOperator(tx, owner);
  const rights = wanted.rights === undefined ? commonRights(row.rights, caller.rights) : checkRights(wanted.rights, known);
  requireAuthorityOver(caller, rights);
  const [missing] = missingRights(row.rights, rights);
  if (missing !== undefined) throw new HubError('FORBIDDEN', `${row.login} does not have the right ${missing}, so no token of theirs can`);
  const [held] = await countTokens(tx, row.operator_id);
  if ((held?.count ?? 0) >= MOST) throw new HubError('CONFLICT', `${row.login} has ${MOST} tokens in force: revoke some first`);
  const token = newTokenSecret();
  const [created] = await insertToken(tx, secretHash(token), row.operator_id, name, rights, wanted.expiresAt ?? null);
  if (!created) throw new HubError('INTERNAL', 'a token was not stored');
  const after = { login: row.login, name, rights, expiresAt: wanted.expiresAt?.toString() ?? null };
  await audit(tx, caller, { action: 'identity.token.create', object: String(created.token_id), after });
  await publish(tx, {
    type: 'vestnik.identity.token.created',
    subject: row.login,
    data: { tokenId: created.token_id, login: row.login, name, rights },
  });
  return { tokenId: created.token_id, token, name, rights, createdAt: created.created_at, expiresAt: wanted.expiresAt };
}
