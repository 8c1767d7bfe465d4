import type { Transaction } from '../core/database/statement.ts';
import { readAmount } from './amount.ts';
import { badValue, checkLine } from './bad-value.ts';
import { requireReferences } from './check-references.ts';
import type { Managed } from './find-managed.ts';
import { groupsOf } from './group-mask.ts';
import { moneyText } from './money.ts';
import { countsUp } from './number-mask.ts';
import { type Pattern, patternTable } from './sql/patterns.ts';
import { statusRows } from './sql/statuses.ts';

const LONGEST = { title: 200, mask: 100 };
/** Numbers of contracts stay readable, and exact in every program. */
const HIGHEST_COUNTER = 999_999_999_999_999n;

const optional = (id: number): number[] => (id === 0 ? [] : [id]);

function checkMask(text: string): string {
  const mask = checkLine('number_mask', text, LONGEST.mask);
  if (mask === '' || countsUp(mask)) return mask;
  throw badValue(
    'number_mask',
    'without an N it gives one number only; leave it empty where titles are given by hand',
    'без буквы N получится только один номер; оставьте маску пустой, если номера вводят вручную',
  );
}

async function checkStatus(tx: Transaction, status: number): Promise<void> {
  const row = (await statusRows(tx)).find((one) => one.status === status);
  if (!row) throw badValue('status', `there is no status ${status}`, `нет статуса ${status}`);
  if (!row.manual)
    throw badValue('status', `status ${status} is passed through by the server only`, `статус «${row.title}» устанавливает только сервер`);
}

async function check(tx: Transaction, pattern: Pattern): Promise<Pattern> {
  const title = checkLine('title', pattern.title, LONGEST.title);
  if (title === '') throw badValue('title', 'a title is needed', 'не указано название');
  const counter = BigInt(pattern.counter);
  if (counter < 0n || counter > HIGHEST_COUNTER)
    throw badValue('counter', `it counts from 0 to ${HIGHEST_COUNTER}`, `счётчик: от 0 до ${HIGHEST_COUNTER}`);
  await requireReferences(tx, 'parameter_group_id', 'parameterGroup', optional(pattern.parameterGroupId));
  await requireReferences(tx, 'groups', 'group', groupsOf(BigInt(pattern.groups)));
  await requireReferences(tx, 'modules', 'module', pattern.modules);
  await requireReferences(tx, 'tariffs', 'tariffPlan', pattern.tariffs);
  await requireReferences(tx, 'domain_id', 'domain', optional(pattern.domainId));
  await checkStatus(tx, pattern.status);
  return {
    ...pattern,
    title,
    numberMask: checkMask(pattern.numberMask),
    modules: [...new Set(pattern.modules)],
    tariffs: [...new Set(pattern.tariffs)],
    balanceLimit: moneyText(readAmount('limit', pattern.balanceLimit)),
  };
}

/** Patterns of contracts (spec 2.1). Contracts keep the number of a pattern that is gone. */
export const PATTERNS: Managed<Pattern> = {
  name: 'pattern',
  words: { en: 'pattern', ru: 'Шаблон', notFound: 'Шаблон договора не найден' },
  table: patternTable,
  fresh: {
    title: '',
    numberMask: 'NNNNNN',
    counter: '0',
    parameterGroupId: 0,
    groups: '0',
    modules: [],
    tariffs: [],
    mode: 0,
    balanceLimit: '0.00',
    status: 0,
    personType: 0,
    domainId: 0,
  },
  check,
};
