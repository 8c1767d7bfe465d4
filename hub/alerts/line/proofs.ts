import type { SessionPort } from './call.ts';

/** Whose password was proved in a session by CHECKPASSW, and when; kept beside the session, and gone with it. */
const proofs = new WeakMap<SessionPort, { readonly login: string; readonly at: Temporal.Instant }>();

/** @param login as the directory writes it */
export const rememberProof = (session: SessionPort, login: string): void => {
  proofs.set(session, { login, at: Temporal.Now.instant() });
};

/** When the user of the session has proved the own password last; another user's proves nothing. */
export const provedAt = (session: SessionPort): Temporal.Instant | undefined => {
  const proof = proofs.get(session);
  return proof !== undefined && proof.login === session.operator?.login ? proof.at : undefined;
};
