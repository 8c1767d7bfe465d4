import * as z from 'zod';
import type { Transaction } from '../../core/database/statement.ts';
import { readAmount } from '../amount.ts';
import { badValue } from '../bad-value.ts';
import { requireReferences } from '../check-references.ts';
import type { Entry } from '../directory-entry.ts';
import { LARGEST_ID } from '../largest-id.ts';
import { moneyText } from '../money.ts';
import { countsUp, formatNumber } from '../number-mask.ts';
import { countColumn, groupsColumn, optionalColumn, textColumn, wordColumn } from '../sql/columns.ts';
import { directoryTable } from '../sql/directory-table.ts';
import { statusRows } from '../sql/statuses.ts';
import { type Directory, directory } from './directory.ts';
import { amount, choice, groups, line, number, numberOrNone, numbers } from './fields.ts';

/** Numbers of contracts stay readable, and exact in every program. */
const HIGHEST_COUNTER = 999_999_999_999_999;
const MODES = ['credit', 'debit'] as const;
const PERSONS = ['person', 'company'] as const;

export type Pattern = Entry & {
  title: string;
  number_mask: string;
  counter: number;
  parameter_group_id: number | null;
  groups: readonly number[];
  modules: readonly number[];
  tariffs: readonly number[];
  mode: (typeof MODES)[number];
  limit: string;
  status: number;
  person_type: (typeof PERSONS)[number];
  domain_id: number | null;
};

const some = (id: number | null): number[] => (id === null ? [] : [id]);

async function checkStatus(tx: Transaction, status: number): Promise<void> {
  const row = (await statusRows(tx)).find((one) => one.status === status);
  if (!row) throw badValue('status', `there is no status ${status}`, `нет статуса ${status}`);
  if (!row.manual)
    throw badValue('status', `status ${status} is passed through by the server only`, `статус «${row.title}» устанавливает только сервер`);
}

/** Patterns of contracts (spec 2.1). Contracts keep the number of a pattern that is gone. */
export const PATTERNS: Directory<Pattern> = directory<Pattern>({
  name: 'pattern',
  path: 'patterns',
  below: '',
  one: { en: 'pattern', ru: 'шаблон' },
  many: { en: 'patterns of contracts', ru: 'шаблоны договоров' },
  notFound: 'Шаблон договора не найден',
  table: directoryTable({
    name: 'pattern',
    table: 'contract_pattern',
    id: 'pattern_id',
    columns: {
      title: 'title',
      number_mask: 'number_mask',
      counter: countColumn('counter'),
      parameter_group_id: optionalColumn('parameter_group_id'),
      groups: groupsColumn('groups'),
      modules: 'modules',
      tariffs: 'tariffs',
      mode: wordColumn('mode', MODES),
      limit: textColumn('balance_limit'),
      status: 'status',
      person_type: wordColumn('person_type', PERSONS),
      domain_id: optionalColumn('domain_id'),
    },
    apart: true,
  }),
  fields: {
    title: line(200, { en: 'name', ru: 'название' }),
    number_mask: line(
      100,
      {
        en: 'number of a contract: N for a digit of the counter; empty: titles are given by hand',
        ru: 'номер договора: N на месте цифры; пусто: номера вводят вручную',
      },
      { default: 'NNNNNN' },
    ),
    counter: number(0, HIGHEST_COUNTER, { en: 'the last number that was given', ru: 'последний выданный номер' }, { default: 0 }),
    parameter_group_id: numberOrNone(1, LARGEST_ID, { en: 'group of parameters', ru: 'группа параметров' }),
    groups: groups({ en: 'groups of contracts', ru: 'группы договоров' }),
    modules: numbers(1_000, { en: 'module instances that a new contract has', ru: 'экземпляры модулей' }),
    tariffs: numbers(1_000, { en: 'tariff plans from its first day on, the first one wins', ru: 'тарифные планы, первый главный' }),
    mode: choice(MODES, { en: 'how fees are taken', ru: 'режим: кредит или дебет' }, { default: 'credit' }),
    limit: amount({ en: 'limit of the balance', ru: 'лимит баланса' }, '0.00'),
    status: number(0, 32_767, { en: 'status', ru: 'статус' }, { default: 0 }),
    person_type: choice(PERSONS, { en: 'whose contract it is', ru: 'физическое или юридическое лицо' }, { default: 'person' }),
    domain_id: numberOrNone(1, LARGEST_ID, { en: 'domain', ru: 'домен' }),
  },
  shown: {
    next_title: {
      schema: z.string().nullable(),
      words: { en: 'next contract: the title that it gets, unless somebody has it; null: given by hand', ru: 'следующий договор' },
    },
  },
  columns: ['title', 'number_mask', 'next_title', 'mode', 'limit', 'modules', 'tariffs'],
  visible: (_act, pattern) => ({
    ...pattern,
    next_title: countsUp(pattern.number_mask) ? formatNumber(pattern.number_mask, BigInt(pattern.counter) + 1n) : null,
  }),
  normal: (pattern) => ({
    ...pattern,
    modules: [...new Set(pattern.modules)],
    tariffs: [...new Set(pattern.tariffs)],
    limit: moneyText(readAmount('limit', pattern.limit)),
  }),
  async check(tx, _act, pattern) {
    if (pattern.number_mask !== '' && !countsUp(pattern.number_mask))
      throw badValue(
        'number_mask',
        'without an N it gives one number only; leave it empty where titles are given by hand',
        'без буквы N получится только один номер; оставьте маску пустой, если номера вводят вручную',
      );
    await requireReferences(tx, 'parameter_group_id', 'parameterGroup', some(pattern.parameter_group_id));
    await requireReferences(tx, 'groups', 'group', pattern.groups);
    await requireReferences(tx, 'modules', 'module', pattern.modules);
    await requireReferences(tx, 'tariffs', 'tariffPlan', pattern.tariffs);
    await requireReferences(tx, 'domain_id', 'domain', some(pattern.domain_id));
    await checkStatus(tx, pattern.status);
  },
});
