import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import { flatTree } from '../money-type-tree.ts';
import { CHARGE_TYPES, findType, listTypes, type MoneyTypeRow, PAYMENT_TYPES, saveMoneyType, type TypeNoun } from '../save-money-type.ts';
import { findReserveType, listReserveTypes, saveReserveType } from '../save-reserve-type.ts';
import { flagText, idOrNone, idText, textField } from './fields.ts';
import { changeOnce } from './once.ts';
import type { BillingApiPorts } from './ports.ts';

const params = z.object({ id: idText.meta({ description: 'Number of the type' }) });
const title = textField(200);

const typeAnswer = z.object({
  id: z.int(),
  parent_id: z.int().nullable().meta({ description: 'The class that it stands in' }),
  title: z.string(),
  is_class: z.boolean().meta({ description: 'A class holds types, and no rows' }),
  editable: z.boolean().meta({ description: 'Used by hand' }),
  payback: z.boolean().meta({ description: 'Of charges: its rows are paybacks' }),
});
const placedAnswer = typeAnswer.extend({
  level: z.int().meta({ description: 'Classes above it' }),
  path: z.string().meta({ description: 'Titles from the top to it, parted by " / "' }),
});

/** What only types of charges have. */
const PAYBACK = { payback: z.boolean().optional() };

/** How answers give a type. */
export const shownType = (type: MoneyTypeRow): z.input<typeof typeAnswer> => ({
  id: type.id,
  parent_id: type.parentId,
  title: type.title,
  is_class: type.isClass,
  editable: type.editable,
  payback: type.payback,
});

/** Types of payments, or of charges: a tree of classes and types. */
function treeRoutes({ database, acts }: BillingApiPorts, noun: TypeNoun): Route[] {
  const { name } = noun;
  const path = `/${name}-types`;
  const fields = {
    parent_id: idOrNone.optional().meta({ description: 'A class; null: at the top' }),
    is_class: z.boolean().optional(),
    editable: z.boolean().optional(),
    ...(name === 'charge' ? PAYBACK : ({} as typeof PAYBACK)),
  };
  return [
    route({
      method: 'GET',
      path,
      right: 'billing.read',
      summary: `Types of ${name}s as a tree laid flat: each class before what stands in it`,
      query: z.strictObject({ editable: flagText.meta({ description: 'Only what is used by hand, with its classes' }) }),
      answer: z.object({ items: z.array(placedAnswer) }),
      async handle({ query: { editable } }) {
        const filter = { editable: editable || undefined };
        const nodes = flatTree(await listTypes(database.work, noun), filter, !editable);
        return { items: nodes.map(({ node, level, path: place }) => ({ ...shownType(node), level, path: place })) };
      },
    }),
    route({
      method: 'POST',
      path,
      right: 'billing.manage',
      summary: `Make a type of ${name}s, or a class of them`,
      body: z.strictObject({ title, ...fields }),
      answer: typeAnswer,
      status: 201,
      errors: ['BAD_REQUEST'],
      handle: (call) =>
        changeOnce(acts, call, undefined, 201, async (tx, act) => {
          const { parent_id: parentId, is_class: isClass, ...rest } = call.body;
          const id = await saveMoneyType(tx, act, noun, { ...rest, parentId: parentId ?? 0, isClass });
          return { answer: shownType(await findType(tx, noun, id)), location: `/api/v1/billing${path}/${id}` };
        }),
    }),
    route({
      method: 'GET',
      path: `${path}/:id`,
      right: 'billing.read',
      summary: `One type of ${name}s`,
      params,
      answer: typeAnswer,
      handle: async ({ params: { id } }) => shownType(await findType(database.work, noun, id)),
    }),
    route({
      method: 'PATCH',
      path: `${path}/:id`,
      right: 'billing.manage',
      summary: `Change a type of ${name}s; what is left out stays`,
      params,
      body: z.strictObject({ title: title.optional(), ...fields }),
      answer: typeAnswer,
      handle: (call) =>
        changeOnce(acts, call, undefined, 200, async (tx, act) => {
          const { id } = call.params;
          const { parent_id: parentId, is_class: isClass, ...rest } = call.body;
          await saveMoneyType(tx, act, noun, { id, ...rest, parentId: parentId === null ? 0 : parentId, isClass });
          return { answer: shownType(await findType(tx, noun, id)) };
        }),
    }),
  ];
}

const reserveTypeAnswer = z.object({ id: z.int(), title: z.string(), used: z.boolean().meta({ description: 'Takes new reserves' }) });

function reserveTypeRoutes({ database, acts }: BillingApiPorts): Route[] {
  return [
    route({
      method: 'GET',
      path: '/reserve-types',
      right: 'billing.read',
      summary: 'Types of reserves, by title',
      answer: z.object({ items: z.array(reserveTypeAnswer) }),
      handle: async () => ({ items: await listReserveTypes(database.work) }),
    }),
    route({
      method: 'POST',
      path: '/reserve-types',
      right: 'billing.manage',
      summary: 'Make a type of reserves',
      body: z.strictObject({ title, used: z.boolean().optional() }),
      answer: reserveTypeAnswer,
      status: 201,
      errors: ['BAD_REQUEST'],
      handle: (call) =>
        changeOnce(acts, call, undefined, 201, async (tx, act) => {
          const id = await saveReserveType(tx, act, call.body);
          return { answer: await findReserveType(tx, id), location: `/api/v1/billing/reserve-types/${id}` };
        }),
    }),
    route({
      method: 'GET',
      path: '/reserve-types/:id',
      right: 'billing.read',
      summary: 'One type of reserves',
      params,
      answer: reserveTypeAnswer,
      handle: ({ params: { id } }) => findReserveType(database.work, id),
    }),
    route({
      method: 'PATCH',
      path: '/reserve-types/:id',
      right: 'billing.manage',
      summary: 'Change a type of reserves; what is left out stays',
      params,
      body: z.strictObject({ title: title.optional(), used: z.boolean().optional() }),
      answer: reserveTypeAnswer,
      handle: (call) =>
        changeOnce(acts, call, undefined, 200, async (tx, act) => {
          const { id } = call.params;
          await saveReserveType(tx, act, { id, ...call.body });
          return { answer: await findReserveType(tx, id) };
        }),
    }),
  ];
}

/** Types of payments, charges and reserves. */
export const moneyTypeRoutes = (ports: BillingApiPorts): Route[] => [
  ...treeRoutes(ports, PAYMENT_TYPES),
  ...treeRoutes(ports, CHARGE_TYPES),
  ...reserveTypeRoutes(ports),
];
