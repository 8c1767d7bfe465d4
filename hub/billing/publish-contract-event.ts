import type { Transaction } from '../core/database/statement.ts';
import { type NewEvent, publish } from '../core/events/publish.ts';
import type { Act } from './act.ts';
import type { ContractRow } from './sql/contracts.ts';

/** What every event tells of its contract. By groups and domain a reader keeps within a fence without asking for the contract. */
export type ToldContract = Pick<ContractRow, 'id' | 'title' | 'groups' | 'domainId'>;

/**
 * What happened to a contract, with what every event of billing carries (spec 2.13).
 * @param type `contract.status-changed`: without `vestnik.billing.`
 */
export const eventOfContract = (
  act: Act,
  { id, title, groups, domainId }: ToldContract,
  type: string,
  data: Readonly<Record<string, unknown>>,
): NewEvent => ({
  type: `vestnik.billing.${type}`,
  subject: `contract/${id}`,
  data: {
    contractId: id,
    contractTitle: title,
    contractGroups: groups,
    contractDomainId: domainId,
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
  contract: ToldContract,
  type: string,
  data: Readonly<Record<string, unknown>>,
): Promise<void> => publish(tx, eventOfContract(act, contract, type, data));
