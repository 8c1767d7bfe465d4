import { HubError } from '../core/errors.ts';
import { allows, type Caller } from '../core/identity/caller.ts';
import type { Authentication } from '../core/identity/principal.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import type { Act } from './act.ts';
import { refusal } from './refusals.ts';
import type { Initiator } from './run.ts';

/** How long a proof of the password counts, minutes (specification of alerts 8.3.5). */
export const PROOF_MINUTES = 5;
/** By these a person starts a task; schedules, rules and messages are nobody's hands. */
const BY_HAND: ReadonlySet<Initiator['how']> = new Set(['line', 'rest', 'cli']);
const PURPOSE = 'alerts.start-proof';

/**
 * Checks, where `alerts.confirmStart` is on, that whoever starts a task by hand has proved a moment ago who they are: a screen that was left alone alerts nobody.
 * @param provedAt when the password was found right; undefined: it was not asked for
 * @throws HubError FORBIDDEN `start_not_confirmed`
 */
export function requireProof({ settings, now }: Act, taskId: number, how: Initiator['how'], provedAt: Temporal.Instant | undefined): void {
  if (settings.confirmStart === 'no' || !BY_HAND.has(how)) return;
  const age = provedAt === undefined ? undefined : now.since(provedAt).total('minutes');
  // A clock that was set back makes no proof of tomorrow.
  if (age !== undefined && age >= -PROOF_MINUTES && age <= PROOF_MINUTES) return;
  const ways = 'CHECKPASSW on the line, POST /api/v1/alerts/start-proofs, or --operator on the command line';
  throw refusal(
    'start_not_confirmed',
    taskId,
    `prove by your password, within ${PROOF_MINUTES} minutes before it, that it is you: ${ways}`,
  );
}

/**
 * Proves by a password that an operator may start tasks. Wrong ones count in the budget of logins.
 * @param login whose; `address` for throttling
 * @throws HubError FORBIDDEN `wrong_password`, or without the right; TOO_MANY_REQUESTS, BUSY
 */
export async function provePassword(
  authentication: Pick<Authentication, 'authenticateBasic'>,
  login: string,
  password: string,
  address: string,
): Promise<void> {
  const principal = await authentication.authenticateBasic(login, password, address).catch((error: unknown) => {
    // The caller is logged in, so this is no 401: a browser would ask for the login again.
    throw error instanceof HubError && error.code === 'UNAUTHORIZED' ? refusal('wrong_password') : error;
  });
  if (!allows(principal, 'alerts.start')) throw new HubError('FORBIDDEN', 'the right alerts.start is needed');
}

/** A proof that every hub of the database knows again, for calls that have no session. */
export const sealProof = (secretKey: SecretKey, { login }: Pick<Caller, 'login'>, at: Temporal.Instant): string =>
  secretKey.seal(PURPOSE, String(at.epochMilliseconds), login).toString('base64url');

/** When the password was proved; undefined when these words are no proof of this caller. */
export function openProof(secretKey: SecretKey, { login }: Pick<Caller, 'login'>, proof: string): Temporal.Instant | undefined {
  try {
    return Temporal.Instant.fromEpochMilliseconds(Number(secretKey.open(PURPOSE, Buffer.from(proof, 'base64url'), login).toString()));
  } catch (error) {
    if (error instanceof HubError) return undefined;
    throw error;
  }
}
