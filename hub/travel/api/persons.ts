import * as z from 'zod';
import { expectedVersion } from '../../core/http/if-match.ts';
import { pageAnswer, pageQuery } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import type { HubPorts } from '../../core/module.ts';
import { contactChangeSchema, newContactSchema } from '../contact.ts';
import { deleteObject } from '../delete-object.ts';
import { deletePerson } from '../delete-person.ts';
import { documentChangeSchema, newDocumentSchema } from '../document.ts';
import { idText } from '../fields.ts';
import { listParts, listPersons, type PartName } from '../list-persons.ts';
import { mileCardChangeSchema, newMileCardSchema } from '../mile-card.ts';
import { newPersonFormSchema, personFormSchema } from '../person-form.ts';
import type { Noun } from '../save-object.ts';
import { addPersonForm, changePersonForm } from '../save-person-form.ts';
import { CONTACTS, DOCUMENTS, MILE_CARDS } from '../save-person-part.ts';
import { masked, showPerson } from '../show-person.ts';
import type { StaticKind } from '../static-kinds.ts';
import { contactAnswer, documentAnswer, mileCardAnswer, personAnswer, personSummaryAnswer } from './answers.ts';
import { once } from './call.ts';
import { addRoute, idParams, objectRoutes, versionQuery } from './object-routes.ts';

/** Persons; POST and PATCH save the whole form. */
export function personRoutes(hub: HubPorts): Route[] {
  const { database } = hub;
  return [
    route({
      method: 'GET',
      path: '',
      right: 'static.read',
      scoped: true,
      summary: 'Persons by id',
      query: z.strictObject({
        organization: idText.optional(),
        OuterId: z.string().max(100).optional(),
        q: z.string().max(100).optional().meta({ description: 'A piece of the name; needs static.personal' }),
        ...pageQuery,
      }),
      answer: pageAnswer(personSummaryAnswer),
      async handle({ query, caller }) {
        const { items, next } = await listPersons(database.work, caller, query);
        return { items: items.map((person) => masked(caller, 'Person', person)), next };
      },
    }),
    route({
      method: 'POST',
      path: '',
      right: 'static.write',
      scoped: true,
      summary: 'Add one person, with documents, contacts, mile cards and codes',
      body: newPersonFormSchema,
      answer: personAnswer,
      status: 201,
      handle: (call) =>
        once(database, call, 201, async (tx) => {
          const { documents, contacts, mile_cards, codes, ...fields } = call.body;
          const id = await addPersonForm(tx, call.caller, { fields, parts: { documents, contacts, mile_cards, codes } });
          return { answer: await showPerson(tx, call.caller, id), location: `/api/v1/persons/${id}` };
        }),
    }),
    route({
      method: 'GET',
      path: '/:id',
      right: 'static.read',
      scoped: true,
      summary: 'One person with documents, contacts, mile cards and codes',
      params: idParams,
      answer: personAnswer,
      async handle({ params: { id }, caller, reply }) {
        const person = await showPerson(database.work, caller, id);
        reply.header('etag', `"${person.version}"`);
        return person;
      },
    }),
    route({
      method: 'PATCH',
      path: '/:id',
      right: 'static.write',
      scoped: true,
      summary: 'Save the form of one person: its fields and parts; what is left out stays',
      params: idParams,
      body: personFormSchema,
      answer: personAnswer,
      handle: (call) =>
        once(database, call, 200, async (tx) => {
          const { documents, contacts, mile_cards, codes, version, ...fields } = call.body;
          const { id } = call.params;
          const parts = { documents, contacts, mile_cards, codes };
          await changePersonForm(tx, call.caller, { id, fields, parts, version: expectedVersion(call.request, version) });
          const person = await showPerson(tx, call.caller, id);
          call.reply.header('etag', `"${person.version}"`);
          return { answer: person };
        }),
    }),
    route({
      method: 'DELETE',
      path: '/:id',
      right: 'static.write',
      scoped: true,
      summary: 'Delete one person with its parts; erase: and its personal data everywhere',
      params: idParams,
      query: versionQuery.extend({
        erase: z.stringbool().optional().meta({ description: 'Take the personal data out of events and stored bodies, too' }),
      }),
      errors: ['STALE_VERSION'],
      handle: (call) =>
        once(database, call, 204, async (tx) => {
          const { erase, version } = call.query;
          await deletePerson(tx, call.caller, { id: call.params.id, erase, version: expectedVersion(call.request, version) });
          return {};
        }),
    }),
    ...partOf(hub, DOCUMENTS, 'documents', 'Document', documentAnswer, newDocumentSchema, (row) => row.id_Document),
    ...partOf(hub, CONTACTS, 'contacts', 'Contact', contactAnswer, newContactSchema, (row) => row.id_Contact),
    ...partOf(hub, MILE_CARDS, 'mile-cards', 'MileCard', mileCardAnswer, newMileCardSchema, (row) => row.id_Card),
  ];
}

/** List and addition of one kind of parts, below their person. */
function partOf<O extends { readonly id_Person: number }, P extends PartName>(
  hub: HubPorts,
  noun: Noun<O>,
  part: P,
  kind: StaticKind,
  answer: z.ZodType,
  body: z.ZodType,
  idOf: Parameters<typeof listParts<P>>[4],
): Route[] {
  return [
    route({
      method: 'GET',
      path: `/:id/${part}`,
      right: 'static.read',
      scoped: true,
      summary: `The ${part.replace('-', ' ')} of one person`,
      params: idParams,
      query: z.strictObject(pageQuery),
      answer: pageAnswer(answer),
      async handle({ params: { id }, query, caller }) {
        const { items, next } = await listParts(hub.database.work, caller, part, { ...query, person: id }, idOf);
        return { items: items.map((row) => masked(caller, kind, row)), next };
      },
    }),
    addRoute(hub, {
      noun,
      path: `/:id/${part}`,
      collection: part,
      body,
      answer,
      show: (caller, row) => masked(caller, kind, row),
      more: (id) => ({ id_Person: id }),
    }),
  ];
}

const partRoutes = <O extends object>(hub: HubPorts, noun: Noun<O>, kind: StaticKind, answer: z.ZodType, change: z.ZodObject): Route[] =>
  objectRoutes(hub, {
    noun,
    answer,
    change,
    show: (caller, row) => masked(caller, kind, row),
    remove: (tx, caller, deletion) => deleteObject(tx, caller, noun, deletion),
  });

/** One document, contact or mile card, by the prefix of its address. */
export const personPartRoutes = (hub: HubPorts): Record<'documents' | 'contacts' | 'mile-cards', Route[]> => ({
  documents: partRoutes(hub, DOCUMENTS, 'Document', documentAnswer, documentChangeSchema),
  contacts: partRoutes(hub, CONTACTS, 'Contact', contactAnswer, contactChangeSchema),
  'mile-cards': partRoutes(hub, MILE_CARDS, 'MileCard', mileCardAnswer, mileCardChangeSchema),
});
