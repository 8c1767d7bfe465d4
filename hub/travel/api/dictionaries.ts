import * as z from 'zod';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { codeChangeSchema, newCodeSchema } from '../code.ts';
import { deleteCode, deleteDictionary } from '../delete-dictionary.ts';
import { dictionaryChangeSchema, newDictionarySchema } from '../dictionary.ts';
import { idText } from '../fields.ts';
import { listCodes, listDictionaries } from '../list-dictionaries.ts';
import { reserveType } from '../relation.ts';
import { CODES } from '../save-code.ts';
import { DICTIONARIES } from '../save-dictionary.ts';
import { codeAnswer, dictionaryAnswer, shown } from './answers.ts';
import { addRoute, idParams, objectRoutes } from './object-routes.ts';

/** `a,b` of a query string. */
const listOf = <T extends z.ZodType>(item: T) =>
  z.preprocess((value) => (typeof value === 'string' ? value.split(',', 101) : value), z.array(item).max(100).optional());

const show = <T extends Parameters<typeof shown>[0]>(_: unknown, object: T) => shown(object);

const oneCode = { noun: CODES, answer: codeAnswer, show };

/** Dictionaries, and the codes of one. */
export function dictionaryRoutes(hub: HubPorts): Route[] {
  const { database } = hub;
  const common = { noun: DICTIONARIES, answer: dictionaryAnswer, show };
  return [
    route({
      method: 'GET',
      path: '',
      right: 'static.read',
      scoped: true,
      summary: 'Dictionaries by id',
      query: z.strictObject({
        id_Group: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
        Name: z.string().max(200).optional(),
        id_BindingType: z.coerce.number().int().min(0).max(1).optional(),
        organization: idText.optional().meta({ description: 'Used by this organization' }),
        ...pageQuery,
      }),
      answer: pageAnswer(dictionaryAnswer),
      async handle({ query, caller }) {
        const { items, next } = await listDictionaries(database.work, caller, query);
        return { items: items.map(shown), next };
      },
    }),
    addRoute(hub, { ...common, path: '', collection: 'dictionaries', body: newDictionarySchema }),
    ...objectRoutes(hub, { ...common, change: dictionaryChangeSchema, remove: deleteDictionary }),
    route({
      method: 'GET',
      path: '/:id/codes',
      right: 'static.read',
      scoped: true,
      summary: 'Codes of a dictionary by id; with organization, ReserveType or chosen those that are offered there',
      params: idParams,
      query: z.strictObject({
        CodeValue: z.string().max(200).optional(),
        organization: idText.optional().meta({ description: 'Offered to this organization' }),
        ReserveType: listOf(reserveType).meta({ description: 'Offered for one of these kinds of services, separated by commas' }),
        chosen: listOf(idText).meta({ description: 'Offered when these codes are chosen; their ids, separated by commas' }),
        ...pageQuery,
      }),
      answer: pageAnswer(codeAnswer),
      async handle({ params: { id }, query: { ReserveType: reserveTypes, ...query }, caller }) {
        const { items, next } = await listCodes(database.work, caller, { ...query, reserveTypes, dictionary: id });
        return { items: items.map(shown), next };
      },
    }),
    addRoute(hub, {
      ...oneCode,
      path: '/:id/codes',
      collection: 'codes',
      body: newCodeSchema,
      more: (id) => ({ id_MetaDictionary: id }),
    }),
  ];
}

/** One code. */
export const codeRoutes = (hub: HubPorts): Route[] => objectRoutes(hub, { ...oneCode, change: codeChangeSchema, remove: deleteCode });
