import * as z from 'zod';
import type { Transaction } from '../../core/database/statement.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { Caller } from '../../core/identity/caller.ts';
import type { Act } from '../act.ts';
import { changeStatus } from '../change-status.ts';
import { moneyText } from '../money.ts';
import { type Outcome, previewOutcome, type Standing } from '../preview-outcome.ts';
import { savePayment } from '../save-payment.ts';
import { setContractLimit, setTemporaryLimit } from '../set-limit.ts';
import { figuresAnswer, showFigures } from './contract-answers.ts';
import { amountAnswer, amountField, contractParams, dayField, idField } from './fields.ts';
import type { BillingApiPorts } from './ports.ts';
import { statusChangeFields, statusChangeOf } from './statuses.ts';

const standingAnswer = z.object({
  balance: figuresAnswer,
  limit: amountAnswer,
  in_debt: z.boolean(),
  status: z.int(),
});

export const outcomeAnswer = z.object({
  before: standingAnswer,
  after: standingAnswer,
  fees: amountAnswer.meta({ description: 'What the change makes due in fees this month; negative: what it gives back' }),
  status_changes: z.boolean().meta({ description: 'It locks, unlocks or sets the status of today' }),
});

const showStanding = ({ figures, limit, inDebt, status }: Standing): z.input<typeof standingAnswer> => ({
  balance: showFigures(figures),
  limit: moneyText(limit),
  in_debt: inDebt,
  status,
});

export const showOutcome = ({ before, after }: Outcome): z.input<typeof outcomeAnswer> => ({
  before: showStanding(before),
  after: showStanding(after),
  fees: moneyText(after.figures.accounts - before.figures.accounts),
  status_changes: before.status !== after.status,
});

/** What a change would do, asked in the turn of its contract and undone. */
async function preview(
  { acts }: BillingApiPorts,
  caller: Caller,
  contractId: number,
  change: (tx: Transaction, act: Act) => Promise<unknown>,
): Promise<z.input<typeof outcomeAnswer>> {
  const act = await acts.of(caller);
  const inTurn = { transaction: <T>(body: (tx: Transaction) => Promise<T>) => acts.change(caller, contractId, body) };
  return showOutcome(await previewOutcome(inTurn, act, contractId, change));
}

/** What would happen: balance, fees and status after a payment, a status or a limit, without storing anything (spec 9.5). */
export const whatIfRoutes = (ports: BillingApiPorts): Route[] => [
  route({
    method: 'POST',
    path: '/contracts/:id/what-if/payment',
    right: 'billing.read',
    summary: 'What a payment would do to balance, fees and status; nothing is stored',
    params: contractParams,
    body: z.strictObject({ type_id: idField, sum: amountField, date: dayField.optional() }),
    answer: outcomeAnswer,
    status: 200,
    handle: ({ params: { id }, body, caller }) =>
      preview(ports, caller, id, (tx, act) =>
        savePayment(tx, act, { contractId: id, typeId: body.type_id, sum: body.sum, day: body.date ?? act.today }),
      ),
  }),
  route({
    method: 'POST',
    path: '/contracts/:id/what-if/status',
    right: 'billing.read',
    summary: 'What a status would do to balance and fees; nothing is stored',
    params: contractParams,
    body: z.strictObject(statusChangeFields),
    answer: outcomeAnswer,
    status: 200,
    handle: ({ params: { id }, body, caller }) =>
      preview(ports, caller, id, (tx, act) => changeStatus(tx, act, id, statusChangeOf(act, body), { reason: 'manual' })),
  }),
  route({
    method: 'POST',
    path: '/contracts/:id/what-if/limit',
    right: 'billing.read',
    summary: 'What a limit would do: whom it unlocks or locks; nothing is stored',
    params: contractParams,
    body: z.strictObject({ limit: amountField, days: z.int().min(1).max(3_660).optional() }),
    answer: outcomeAnswer,
    status: 200,
    handle: ({ params: { id }, body, caller }) =>
      preview(ports, caller, id, (tx, act) =>
        body.days === undefined ? setContractLimit(tx, act, id, body.limit) : setTemporaryLimit(tx, act, id, body.limit, body.days),
      ),
  }),
];
