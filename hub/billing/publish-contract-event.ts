import type { Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import type { Act } from './act.ts';

/**
 * Publishes what happened to a contract, in the transaction of the change, with what every event of billing carries (spec 2.13).
 * @param type `contract.status-changed`: without `vestnik.billing.`
 */
export const publishOfContract = (
  tx: Transaction,
  act: Act,
  { id, title }: { readonly id: number; readonly title: string },
  type: string,
  data: Readonly<Record<string, unknown>>,
): Promise<void> =>
  publish(tx, {
    type: `vestnik.billing.${type}`,
    subject: `contract/${id}`,
    data: {
      contractId: id,
      contractTitle: title,
      operatorId: act.operatorId,
      protocol: act.protocol,
      requestId: act.caller.requestId ?? null,
      ...data,
    },
  });
