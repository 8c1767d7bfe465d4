import type { Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import type { Protocol } from './act.ts';

/** A stranger chooses it: no more of it is told. */
const LONGEST_LOGIN = 100;

/**
 * Tells that logins under a name are refused for a while after wrong passwords (spec 2.13, 10.1). It is about no contract, and no operator has acted; whether
 * there is one of this name is not said.
 */
export const publishLockout = (
  tx: Transaction,
  { login, address, protocol }: { readonly login: string; readonly address: string; readonly protocol: Protocol },
): Promise<void> => {
  const told = login.slice(0, LONGEST_LOGIN);
  return publish(tx, {
    type: 'vestnik.billing.operator.locked-out',
    subject: `operator/${told}`,
    data: { operatorId: 0, protocol, requestId: null, login: told, remoteAddress: address },
  });
};
