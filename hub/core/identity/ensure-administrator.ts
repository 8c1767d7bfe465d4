import type { Transaction } from '../database/statement.ts';
import { publish } from '../events/publish.ts';
import { audit } from './audit.ts';
import { SYSTEM } from './caller.ts';
import { type HashedPassword, readablePassword } from './password.ts';
import { lockDirectory } from './sql/directory.ts';
import { countOperators, insertOperator } from './sql/operator.ts';

/**
 * On the first start, when there is no operator, makes `admin` with every right and a random password. Of several hubs that start at once
 * one makes it.
 * @returns login and password, to be shown once and kept nowhere; undefined when there are operators.
 */
export async function ensureAdministrator(
  tx: Transaction,
  hash: (password: string) => Promise<HashedPassword>,
): Promise<{ readonly login: string; readonly password: string } | undefined> {
  await lockDirectory(tx);
  const [present] = await countOperators(tx);
  if (present?.count !== 0) return undefined;
  const [login, password] = ['admin', readablePassword()];
  const [displayName, locale, rights] = ['Administrator', 'ru', ['*']];
  await insertOperator(tx, login, displayName, null, locale, rights, await hash(password));
  await audit(tx, SYSTEM, {
    action: 'identity.operator.add',
    object: login,
    after: { displayName, locale, rights },
    reason: 'first start',
  });
  await publish(tx, { type: 'vestnik.identity.operator.added', subject: login, data: { login, displayName, locale, rights } });
  return { login, password };
}
