import type { Transaction } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { deleteMoney } from './delete-money.ts';
import { CHARGES } from './save-charge.ts';

/** Which charge; `byHand` false: a module of the server deletes what it made. (Default: true) */
export interface ChargeToDelete {
  readonly id: number;
  readonly contractId?: number | undefined;
  readonly byHand?: boolean | undefined;
}

/**
 * Deletes a charge: it goes to the archive (spec 2.5).
 * @throws HubError NOT_FOUND, CONFLICT (its type is not used by hand, closed period)
 */
export const deleteCharge = (tx: Transaction, act: Act, { id, contractId, byHand = true }: ChargeToDelete): Promise<void> =>
  deleteMoney(tx, act, CHARGES, id, contractId, byHand);
