import { createHash } from 'node:crypto';
import type { Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { badValue, checkLine } from './bad-value.ts';
import { distribute } from './distribution.ts';
import { fenceValues } from './fence.ts';
import { lockPayer, type PaidContract } from './find-contract.ts';
import type { Money } from './money.ts';
import { changeMoney, createMoney, type FreshRow, isNew, type MoneyInput, readFresh } from './save-money.ts';
import type { MoneyNoun } from './settle-money.ts';
import { fillExternal, findExternal, takeExternal } from './sql/external-payments.ts';
import { paymentTable } from './sql/money-rows.ts';
import { memberRows } from './sql/payers.ts';

export const PAYMENTS: MoneyNoun = {
  name: 'payment',
  russian: 'Приход',
  closed: 'payments',
  table: paymentTable,
  movement: (sum) => ({ payments: sum }),
};

export interface PaymentInput extends MoneyInput {
  /** How a new payment is split over dependent members (`distribution.ts`). */
  readonly distribution?: string | undefined;
  /** By which its sender knows a new payment (spec 9.2). `source` is the caller's login unless it is given. */
  readonly external?: { readonly source?: string | undefined; readonly id: string } | undefined;
}

export interface SavedPayment {
  readonly ids: readonly number[];
  /** It was sent before: nothing was done, and these are the ids of then. */
  readonly replayed: boolean;
}

const LONGEST_KEY = 200;

type Key = { readonly source: string; readonly id: string };

/** Who sent it, and what it is called there. @throws HubError BAD_REQUEST */
function readKey(act: Act, { external }: PaymentInput): Key | undefined {
  if (!external) return undefined;
  const id = checkLine('externalId', external.id, LONGEST_KEY);
  if (id === '') throw badValue('externalId', 'it is empty', 'пустой идентификатор');
  return { source: checkLine('source', external.source?.trim() || act.caller.login, LONGEST_KEY), id };
}

/** What tells a repeat from another payment under the same name: what was sent, left out things included. */
const contentOf = ({ contractId, typeId, day, sum, comment, distribution }: PaymentInput): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([contractId, typeId, day?.toString() ?? null, String(sum), comment ?? '', distribution?.trim() ?? '']))
    .digest();

/** Takes the key; ids of the payments where it was taken before. @throws HubError CONFLICT with the reason `external_id` */
async function takeKey(tx: Transaction, { source, id }: Key, content: Buffer): Promise<readonly number[] | undefined> {
  const [taken] = await takeExternal(tx, source, id, content);
  if (taken) return undefined;
  const [first] = await findExternal(tx, source, id, content);
  if (first?.same) return first.ids;
  throw new HubError('CONFLICT', `${source} has sent another payment as ${id}: send this one under another externalId`, {
    reason: 'external_id',
    russian: `Платёж с идентификатором ${id} уже принят от ${source} с другим содержанием`,
  });
}

type Sharer = FreshRow['contract'];

async function sharesOf(
  tx: Transaction,
  act: Act,
  { contract }: PaidContract,
  sum: Money,
  distribution: string | undefined,
): Promise<readonly FreshRow[]> {
  if (!distribution?.trim()) return [{ contract, sum }];
  const members = contract.superId === -1 ? await memberRows(tx, contract.id, ...fenceValues(act.fence)) : [];
  return distribute<Sharer>(
    distribution,
    sum,
    contract,
    members.filter(({ dependent }) => dependent),
  );
}

async function createPayment(tx: Transaction, act: Act, input: PaymentInput): Promise<SavedPayment> {
  if (!input.contractId) throw badValue('contractId', 'a contract is needed', 'не указан договор');
  const { sum, ...fresh } = readFresh(act, input);
  const key = readKey(act, input);
  const paid = await lockPayer(tx, act, input.contractId);
  const before = key && (await takeKey(tx, key, contentOf(input)));
  if (before) return { ids: before, replayed: true };
  const rows = await sharesOf(tx, act, paid, sum, input.distribution);
  const ids = await createMoney(tx, act, PAYMENTS, paid, { ...fresh, rows, external: key });
  if (key) await fillExternal(tx, key.source, key.id, ids);
  return { ids, replayed: false };
}

/**
 * Stores a payment (spec 2.5, 9.2): a new one, or changes to one. The balance moves, and modules may be unlocked by it. A new one with an external
 * id is stored once: its repeat answers the first ids, whatever became of them since.
 * @throws HubError NOT_FOUND (contract, type, payment), BAD_REQUEST, CONFLICT (type, closed period; the external id was used for another payment)
 */
export async function savePayment(tx: Transaction, act: Act, input: PaymentInput): Promise<SavedPayment> {
  if (isNew(input)) return createPayment(tx, act, input);
  const id = input.id ?? 0;
  if (input.distribution?.trim()) throw badValue('distribution', 'only a new payment is split', 'распределяется только новый платёж');
  await changeMoney(tx, act, PAYMENTS, id, input);
  return { ids: [id], replayed: false };
}
