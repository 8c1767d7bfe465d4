import * as z from 'zod';
import type { BalanceFigures } from '../balance-figures.ts';
import { isHead, isMember } from '../contract.ts';
import { groupsOf } from '../group-mask.ts';
import { moneyText } from '../money.ts';
import { isDependent } from '../payer.ts';
import type { ContractRow, FoundContract } from '../search-contracts.ts';
import { amountAnswer, dayAnswer, dayOrOpenAnswer } from './fields.ts';

/** What the routes of contracts answer, and how it is made of the rows. */
const MODES = ['credit', 'debit'] as const;
const PERSONS = ['person', 'company'] as const;

/** Words of the answers for the numbers of the tables, and back. */
export const modeField = z.enum(MODES);
export const personField = z.enum(PERSONS);
export const modeNumber = (mode: z.output<typeof modeField>): 0 | 1 => (mode === 'debit' ? 1 : 0);
export const personNumber = (person: z.output<typeof personField>): 0 | 1 => (person === 'company' ? 1 : 0);

const idOrNull = z.int().nullable();

export const contractAnswer = z.object({
  id: z.int(),
  title: z.string(),
  comment: z.string(),
  date_from: dayAnswer,
  date_to: dayOrOpenAnswer,
  mode: z.enum(MODES),
  person_type: z.enum(PERSONS),
  hidden: z.boolean(),
  status: z.int(),
  status_from: dayOrOpenAnswer,
  limit: amountAnswer.meta({ description: 'The lowest balance that is still allowed' }),
  groups: z.array(z.int()),
  domain_id: idOrNull,
  pattern_id: idOrNull,
  parameter_group_id: idOrNull,
  has_password: z.boolean(),
  family: z.object({
    role: z.enum(['plain', 'head', 'member']),
    head_id: idOrNull.meta({ description: 'Of a member' }),
    dependent: z.boolean().meta({ description: "A member without a balance of its own: its head's counts" }),
    members: z.int().meta({ description: 'Of a head: how many there are' }),
    dependents: z.int(),
  }),
  version: z.int().meta({ description: 'For If-Match; counts on with every change of record, status, limit, marks and parameters' }),
});

export const foundAnswer = contractAnswer.extend({
  status_title: z.string(),
  balance: amountAnswer.meta({ description: "Of this month; of a dependent member its head's" }),
});

export const figuresAnswer = z.object({
  incoming: amountAnswer,
  payments: amountAnswer,
  accounts: amountAnswer,
  charges: amountAnswer,
  outgoing: amountAnswer.meta({ description: 'incoming + payments - accounts - charges' }),
  available: amountAnswer.meta({ description: 'outgoing - limit - reserve' }),
  reserve: amountAnswer,
});

const orNull = (id: number): number | null => (id > 0 ? id : null);

/** A contract as every route answers it; without its password. */
export const showRecord = (row: ContractRow): z.input<typeof contractAnswer> => ({
  id: row.id,
  title: row.title,
  comment: row.comment,
  date_from: row.dateFrom.toString(),
  date_to: row.dateTo?.toString() ?? null,
  mode: MODES[row.mode],
  person_type: PERSONS[row.personType === 1 ? 1 : 0],
  hidden: row.hidden,
  status: row.status,
  status_from: row.statusFrom?.toString() ?? null,
  limit: row.balanceLimit,
  groups: groupsOf(BigInt(row.groups)),
  domain_id: orNull(row.domainId),
  pattern_id: orNull(row.patternId),
  parameter_group_id: orNull(row.parameterGroupId),
  has_password: row.password !== null,
  family: {
    role: isHead(row) ? 'head' : isMember(row) ? 'member' : 'plain',
    head_id: isMember(row) ? row.superId : null,
    dependent: isDependent(row),
    members: row.members.length,
    dependents: row.dependents.length,
  },
  version: row.version,
});

export const showFound = (row: FoundContract): z.input<typeof foundAnswer> => ({
  ...showRecord(row),
  status_title: row.statusTitle,
  balance: row.balance,
});

export const showFigures = (figures: BalanceFigures): z.input<typeof figuresAnswer> => ({
  incoming: moneyText(figures.incoming),
  payments: moneyText(figures.payments),
  accounts: moneyText(figures.accounts),
  charges: moneyText(figures.charges),
  outgoing: moneyText(figures.outgoing),
  available: moneyText(figures.available),
  reserve: moneyText(figures.reserve),
});
