import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { activateOption, deactivateOption, findContractOption } from '../activate-option.ts';
import { type ContractOptionRow, listContractOptions } from '../list-contract-parts.ts';
import { partOf } from '../list-cursor.ts';
import { listOptionOffers, type OptionOffer } from '../list-option-offers.ts';
import { moneyText } from '../money.ts';
import { amountAnswer, contractParams, dayOrOpenAnswer, flagText, idField, idText, momentAnswer } from './fields.ts';
import { changeOnce } from './once.ts';
import type { BillingApiPorts } from './ports.ts';

export const heldOptionAnswer = z.object({
  id: z.int(),
  option_id: z.int(),
  title: z.string(),
  mode_id: z.int(),
  charge_id: z.int().nullable().meta({ description: 'The charge that its activation wrote' }),
  sum: amountAnswer,
  from: momentAnswer,
  to: momentAnswer.nullable().meta({ description: 'When it is no longer in force; null: without end' }),
  deactivated_at: momentAnswer.nullable(),
  login: z.string(),
});

export const showOption = (row: ContractOptionRow): z.input<typeof heldOptionAnswer> => ({
  id: row.id,
  option_id: row.optionId,
  title: row.title,
  mode_id: row.modeId,
  charge_id: row.chargeId,
  sum: row.sum,
  from: row.timeFrom.toString(),
  to: row.timeTo?.toString() ?? null,
  deactivated_at: row.deactivatedAt?.toString() ?? null,
  login: row.login,
});

const offerAnswer = z.object({
  id: z.int(),
  title: z.string(),
  comment: z.string(),
  refusal: z
    .enum(['not_offered', 'not_for_contract', 'active_already', 'depends', 'incompatible'])
    .nullable()
    .meta({ description: 'Why it cannot be activated today; null: it can' }),
  modes: z.array(
    z.object({
      id: z.int(),
      title: z.string(),
      sum: amountAnswer.meta({ description: 'What activating it today charges' }),
      until: dayOrOpenAnswer.meta({ description: 'The first day on which it would no longer be in force; null: without end' }),
    }),
  ),
});

export const showOffer = ({ modes, ...offer }: OptionOffer): z.input<typeof offerAnswer> => ({
  ...offer,
  modes: modes.map(({ id, title, sum, until }) => ({ id, title, sum: moneyText(sum), until: until?.toString() ?? null })),
});

/** Tariff options of a contract: what it has, what it could have, activation and its end. */
export const contractOptionRoutes = (ports: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/contracts/:id/options',
    right: 'billing.read',
    summary: 'Tariff options of a contract, the newest first',
    params: contractParams,
    query: z.strictObject({ active: flagText.meta({ description: 'Only those in force now' }), ...pageQuery }),
    answer: pageAnswer(heldOptionAnswer),
    async handle({ params: { id }, query, caller }) {
      return partOf(await listContractOptions(ports.database.work, await ports.acts.of(caller), id, query.active), query, showOption);
    },
  }),
  route({
    method: 'GET',
    path: '/contracts/:id/options/offers',
    right: 'billing.read',
    summary: 'Every tariff option: whether the contract can have it today, for how much and how long',
    params: contractParams,
    query: z.strictObject(pageQuery),
    answer: pageAnswer(offerAnswer),
    handle: async ({ params: { id }, query, caller }) =>
      partOf(await listOptionOffers(ports.database.work, await ports.acts.of(caller), id), query, showOffer),
  }),
  route({
    method: 'POST',
    path: '/contracts/:id/options',
    right: 'billing.write',
    summary: 'Activate a tariff option; its charge is written in the same transaction',
    params: contractParams,
    body: z.strictObject({ option_id: idField, mode_id: idField }),
    answer: heldOptionAnswer,
    status: 201,
    handle: (call) =>
      changeOnce(ports.acts, call, call.params.id, 201, async (tx, act) => {
        const { option_id, mode_id } = call.body;
        const made = await activateOption(tx, act, { contractId: call.params.id, optionId: option_id, modeId: mode_id, web: false });
        return { answer: showOption(await findContractOption(tx, call.params.id, made)) };
      }),
  }),
  route({
    method: 'DELETE',
    path: '/contracts/:id/options/:activation',
    right: 'billing.write',
    summary: 'End a tariff option as its mode says: at once, or with the period that is paid',
    params: contractParams.extend({ activation: idText }),
    answer: heldOptionAnswer,
    handle: ({ params: { id, activation }, caller }) =>
      ports.acts.change(caller, id, async (tx, act) => {
        await deactivateOption(tx, act, id, activation);
        return showOption(await findContractOption(tx, id, activation));
      }),
  }),
];
