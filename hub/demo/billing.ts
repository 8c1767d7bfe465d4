import type { Database } from '../core/database/database.ts';
import { run } from '../core/database/statement.ts';
import { type BillingClient, createBillingClient } from './billing-client.ts';
import { accountingSettings } from './endpoints.ts';
import type { Receiver } from './receiver.ts';
import { createRest, type Rest } from './rest.ts';
import type { Stage } from './stage.ts';
import type { Say } from './texts.ts';
import { until } from './until.ts';

/** What the demonstration found; `good`: locked by the debt, unlocked by the last kopeck and by nothing less, paid once, and each of it told once. */
export interface BillingVerdict {
  readonly good: boolean;
  /** Of the three protocols. */
  readonly calls: number;
  readonly balance: string;
  /** That the accounting received. */
  readonly callbacks: number;
  /** From the call of the payment that unlocks to the callback of what it unlocked, milliseconds. */
  readonly told: number;
}

export interface BillingStage {
  readonly stage: Stage;
  readonly say: Say;
  readonly language: 'ru' | 'en';
  /** As the administrator. */
  readonly rest: Rest;
  /** Takes the callbacks. */
  readonly accounting: Receiver;
  /** Where the hub listens: `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** Of the pay desk. */
  readonly login: string;
  /** Adds an operator who may do only this. @returns the password */
  operator(login: string, rights: readonly string[]): Promise<string>;
  readonly database: Database;
}

const RIGHTS = [
  'billing.action.contract.NewContract',
  'billing.action.contract.ContractInfo',
  'billing.call.ChargeService.*',
  'billing.call.PaymentService.*',
  'billing.call.ContractService.contractGet',
  'billing.call.BalanceService.contractBalanceGet',
];
const CONTRACTS = 'ru.bitel.bgbilling.kernel.contract.api/ContractService';
const MONEY = 'ru.bitel.bgbilling.kernel.contract.balance';
const MONEY_NAMESPACE = 'http://common.balance.contract.kernel.bgbilling.bitel.ru/';
const [ACTIVE, CLOSED] = [0, 3];
/** Of the flow below: locked, paid, paid, unlocked. */
const EXPECTED = 4;
const [OWED, ALMOST, LAST] = ['590.00', '589.99', '0.01'];

/** Directories that a provider has before its first contract: a module instance that locks and unlocks, a pattern with it, types of money. */
async function setUp({ say, rest }: BillingStage, client: BillingClient) {
  const module = await rest.call<{ id: number }>('POST', '/billing/modules', {
    kind: 'npay',
    title: say('billingModule'),
    settings: { manage: true },
  });
  const { id: pattern } = await rest.call<{ id: number }>('POST', '/billing/patterns', {
    title: say('billingPattern'),
    number_mask: say('billingMask'),
    modules: [module.id],
    mode: 'debit',
  });
  const type = { type: 0, editable: true };
  return {
    pattern,
    paymentType: await client.json<number>(`${MONEY}/PaymentService`, 'paymentTypeUpdate', {
      paymentType: { ...type, title: say('billingDesk') },
    }),
    chargeType: await client.json<number>(`${MONEY}/ChargeService`, 'chargeTypeUpdate', {
      chargeType: { ...type, title: say('billingConnection'), payback: false },
    }),
  };
}

interface Told {
  readonly event: string;
  readonly contract: number;
  readonly amount: string;
  readonly status: number | null;
  readonly payment: number | null;
  readonly text: string;
}

/** An endpoint of the family `billing`, its address allowed by a second person. */
async function addAccounting({ stage, say, language, rest, accounting, origin, login, operator }: BillingStage): Promise<void> {
  const approver = `${login}-support`;
  const support = createRest(origin, approver, await operator(approver, ['callbacks.allow.approve']), language);
  const address = `http://${accounting.host}`;
  const { allow_id } = await rest.call<{ allow_id: number }>('POST', '/callbacks/allow-requests', { address, reason: 'demo' });
  await rest.call('POST', `/callbacks/allow-requests/${allow_id}/forward`, {});
  await support.call('POST', `/callbacks/allow-requests/${allow_id}/approve`, {});
  const { id } = await rest.call<{ id: number }>('POST', '/callbacks/endpoints', accountingSettings(accounting.host, language));
  await rest.call('POST', `/callbacks/endpoints/${id}/enable`, {});
  stage.detail(say('billingEndpoint', { id, host: accounting.host }));
}

/** What became known of the last payment: the payment, then the status that it changed. */
async function showTold(
  { stage, say, accounting, database }: BillingStage,
  { contractId, payment, began }: { contractId: number; payment: number; began: number },
): Promise<{ good: boolean; told: number }> {
  await until('callbacks of the billing', () => accounting.received.length >= EXPECTED);
  const received = accounting.received.map((each) => ({ ...(JSON.parse(each.body) as Told), at: each.at }));
  const [paid, unlocked] = received.slice(-2);
  const told = Math.round((unlocked?.at ?? began) - began);
  stage.detail(say('billingTold', { n: received.length, took: told }));
  for (const { event, text } of received) stage.detail(`  ${event}: ${text}`);
  // A repeated payment tells nobody anything; an event that is not there makes no callback later.
  const { rows } = await run<{ payments: number }>(
    database.work,
    `SELECT count(*)::int AS payments FROM event WHERE type = 'vestnik.billing.payment.created' AND subject = $1`,
    [`contract/${contractId}`],
  );
  return {
    good:
      received.length === EXPECTED &&
      received.every(({ contract }) => contract === contractId) &&
      paid?.event === 'billing.payment.created' &&
      paid.amount === LAST &&
      unlocked?.event === 'billing.contract.status-changed' &&
      unlocked.payment === payment &&
      unlocked.status === ACTIVE &&
      rows[0]?.payments === 2,
    told,
  };
}

/** A contract made over XML actions, locked by its debt, paid over SOAP, unlocked in the payment's transaction, read over JSON, and told by callbacks (spec billing 2.11, 2.13). */
export async function playBilling(at: BillingStage): Promise<BillingVerdict> {
  const { stage, say, origin, login, operator, database } = at;
  const client = createBillingClient(origin, login, await operator(login, RIGHTS));
  const today = Temporal.Now.plainDateISO('Europe/Moscow');
  const state = async (contractId: number) => {
    const { title, status } = await client.json<{ title: string; status: number }>(CONTRACTS, 'contractGet', { contractId });
    const month = { contractId, year: today.year, month: today.month };
    const sums = await client.json<{ incomingSaldo: string; payments: string; accounts: string; charges: string }>(
      `${MONEY}/BalanceService`,
      'contractBalanceGet',
      month,
    );
    return { title, status, ...sums };
  };

  return stage.step(say('billing'), async () => {
    await addAccounting(at);
    const { pattern, paymentType, chargeType } = await setUp(at, client);
    const made = await client.action('contract', 'NewContract', { pattern_id: String(pattern) });
    const contractId = Number(/<contract id="(\d+)"/.exec(made)?.[1] ?? 0);
    stage.detail(say('billingMade', { pattern }));
    stage.detail(`  ${made}`);

    const charge = { contractId, typeId: chargeType, date: today.toString(), sum: OWED, comment: say('billingConnection') };
    await client.json(`${MONEY}/ChargeService`, 'chargeUpdate', { charge });
    const locked = await state(contractId);
    stage.detail(say('billingLocked', { sum: OWED, status: locked.status }));

    const pay = async (sum: string, externalId: string): Promise<number> => {
      const payment = `<payment contractId="${contractId}" typeId="${paymentType}" date="${today}" sum="${sum}" externalId="${externalId}"/>`;
      const answer = await client.soap(`${MONEY}/PaymentService`, MONEY_NAMESPACE, 'paymentUpdate', payment);
      return Number(/<return>(\d+)<\/return>/.exec(answer)?.[1] ?? 0);
    };
    const first = await pay(ALMOST, 'demo-1');
    const short = await state(contractId);
    stage.detail(say('billingShort', { sum: ALMOST, payment: first, status: short.status }));
    const began = performance.now();
    const last = await pay(LAST, 'demo-2');
    const took = Math.round(performance.now() - began);
    const open = await state(contractId);
    stage.detail(say('billingUnlocked', { sum: LAST, payment: last, status: open.status, took }));

    // The row of the payment and the period of the status carry the number of the transaction that wrote them.
    const { rows } = await run<{ paid: string; unlocked: string; comment: string }>(
      database.work,
      `SELECT p.xmin::text AS paid, s.xmin::text AS unlocked, s.comment FROM contract_payment p
       JOIN contract_status s ON s.contract_id = p.contract_id AND s.date_to IS NULL WHERE p.payment_id = $1`,
      [last],
    );
    const [written] = rows;
    const together = written !== undefined && written.paid === written.unlocked;
    stage.detail(say(together ? 'billingTogether' : 'billingApart', { payment: last, ...written }));

    const repeated = await pay(LAST, 'demo-2');
    const end = await state(contractId);
    stage.detail(say('billingRepeated', { payment: repeated }));
    const { title, status, incomingSaldo, payments, accounts, charges } = end;
    const info = await client.action('contract', 'ContractInfo', { cid: String(contractId) });
    const balance = /<balance[^>]* summa5="([^"]*)"/.exec(info)?.[1] ?? '';
    stage.detail(say('billingRead', { title, status, incomingSaldo, payments, accounts, charges, balance }));
    const { good: toldRight, told } = await showTold(at, { contractId, payment: last, began });
    return {
      good:
        locked.status === CLOSED &&
        short.status === CLOSED &&
        open.status === ACTIVE &&
        together &&
        repeated === last &&
        end.payments === OWED &&
        balance === '0.00' &&
        toldRight,
      calls: client.calls,
      balance,
      callbacks: at.accounting.received.length,
      told,
    };
  });
}
