import type { Transaction } from '../core/database/statement.ts';
import { type NewEvent, publish } from '../core/events/publish.ts';
import type { Act } from './act.ts';

/**
 * What happened to a contract, with what every event of billing carries (spec 2.13).
 * @param type `contract.status-changed`: without `vestnik.billing.`
 */
export const eventOfContract = (
  act: Act,
  { id, title }: { readonly id: number; readonly title: string },
  type: string,
  data: Readonly<Record<string, unknown>>,
): NewEvent => ({
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

/** Publishes what happened to a contract, in the transaction of the change. */
export const publishOfContract = (
  tx: Transaction,
  act: Act,
  contract: { readonly id: number; readonly title: string },
  type: string,
  data: Readonly<Record<string, unknown>>,
): Promise<void> => publish(tx, eventOfContract(act, contract, type, data));
