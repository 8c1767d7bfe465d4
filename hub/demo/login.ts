import { addOperator } from '../core/identity/add-operator.ts';
import { SYSTEM } from '../core/identity/caller.ts';
import type { Hub } from '../hub.ts';

/** Adds an operator with a password and some rights. */
export async function addLogin(
  { identity }: Pick<Hub, 'identity'>,
  login: string,
  secret: string,
  rights: readonly string[],
): Promise<void> {
  const password = await identity.hashPassword(secret);
  await identity.change((tx) => addOperator(tx, SYSTEM, { login, displayName: login.toUpperCase(), rights, password }, identity.rights));
}
