import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { deleteMoney } from './delete-money.ts';
import { PAYMENTS } from './save-payment.ts';

/**
 * Deletes a payment: it goes to the archive (spec 2.5). Its external id stays taken, so that a late repeat of the sender does not bring it back.
 * @throws HubError NOT_FOUND, CONFLICT (its type is not used by hand, closed period)
 */
export const deletePayment = (
  tx: Transaction,
  act: Act,
  { id, contractId }: { readonly id: number; readonly contractId?: number | undefined },
): Promise<void> => deleteMoney(tx, act, PAYMENTS, id, contractId, true);
