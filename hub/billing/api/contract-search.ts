import * as z from 'zod';
import { limitSchema, pageAnswer } from '../../core/http/page.ts';
import { type Route, route } from '../../core/http/route.ts';
import { LONGEST_CURSOR } from '../contract-cursor.ts';
import { LARGEST_ID } from '../largest-id.ts';
import { searchContracts } from '../search-contracts.ts';
import { foundAnswer, modeField, modeNumber, personField, personNumber, showFound } from './contract-answers.ts';
import { flagText, idsText, idText } from './fields.ts';
import type { BillingApiPorts } from './ports.ts';

const LONGEST_TEXT = 256;
const text = z.string().max(LONGEST_TEXT);

/** What of a query names contracts; the page of it stands beside. */
const conditions = {
  title: text.optional().meta({ description: 'How the title begins, in any case of letters: what is typed so far' }),
  comment: text.optional().meta({ description: 'Contained in the comment' }),
  parameter: idText.optional().meta({ description: 'The parameter in which `value` or `number` is looked for; without it all of them' }),
  value: text
    .optional()
    .meta({ description: 'Contained in the value of a parameter, as it is shown: a text, a phone, an address, an item' }),
  number: z.coerce
    .number()
    .int()
    .min(0)
    .max(LARGEST_ID)
    .optional()
    .meta({ description: 'The item, house or contract that a parameter is; 1 and 0 of a flag' }),
  group: idsText.optional().meta({ description: 'Numbers of groups parted by commas: contracts with any of them' }),
  label: idsText.optional().meta({ description: 'Numbers of labels parted by commas: contracts with any of them' }),
  status: idsText.optional().meta({ description: 'Codes of statuses parted by commas: contracts with one of them' }),
  domain: idText.optional(),
  mode: modeField.optional(),
  person_type: personField.optional(),
  head: idText.optional().meta({ description: 'Members of this head' }),
  members: flagText.meta({ description: 'Members of families too; `head` shows them in any case' }),
  closed: flagText.meta({ description: 'Those that are over, too' }),
  hidden: flagText.meta({ description: 'Hidden ones too' }),
};

const searchQuery = z.strictObject({
  ...conditions,
  total: flagText.meta({ description: 'Answer how many there are, too; counting a million takes its time' }),
  limit: limitSchema,
  after: z.string().max(LONGEST_CURSOR).optional().meta({ description: 'The cursor `next` of the page before' }),
});

type SearchQuery = z.output<typeof searchQuery>;

/** What is left out does not matter. */
const wantedOf = (query: SearchQuery): Parameters<typeof searchContracts>[2] => {
  const { title, comment, parameter, value, number, group, label, status, domain, mode, person_type, head } = query;
  return {
    ...(title !== undefined && { beginning: title }),
    ...(comment !== undefined && { comment }),
    ...((value !== undefined || number !== undefined || parameter !== undefined) && {
      value: {
        ...(parameter !== undefined && { parameterId: parameter }),
        ...(value !== undefined && { text: value }),
        ...(number !== undefined && { number }),
      },
    }),
    ...(group !== undefined && { groups: group }),
    ...(label !== undefined && { labels: label }),
    ...(status !== undefined && { statuses: status }),
    ...(domain !== undefined && { domainId: domain }),
    ...(mode !== undefined && { mode: modeNumber(mode) }),
    ...(person_type !== undefined && { personType: personNumber(person_type) }),
    ...(head !== undefined && { headId: head }),
    members: query.members || head !== undefined,
    closed: query.closed,
    hidden: query.hidden,
    limit: query.limit,
    after: query.after,
    total: query.total,
  };
};

/** The list of contracts: search while typing over all of them. */
export const contractSearchRoutes = ({ database, acts }: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/contracts',
    right: 'billing.read',
    summary: 'Contracts by title; every condition narrows the list',
    query: searchQuery,
    answer: pageAnswer(foundAnswer).extend({ total: z.int().optional().meta({ description: 'With `total=true`: how many there are' }) }),
    async handle({ query, caller }) {
      const { items, next, total } = await searchContracts(database.work, await acts.of(caller), wantedOf(query));
      return { items: items.map(showFound), next, ...(total !== undefined && { total }) };
    },
  }),
];
