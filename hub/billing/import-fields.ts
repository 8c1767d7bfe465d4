import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { fenceValues } from './fence.ts';
import { LARGEST_ID } from './largest-id.ts';
import { parseMoney } from './money.ts';
import { contractByTitle } from './sql/contract-info.ts';

/** Fields of the rows of imports. A cell of a table is always a text; so a text that is a number is taken for one. */

/** A whole number in these bounds. */
export const importNumber = (least: number, most: number) =>
  z
    .union([
      z.int(),
      z
        .string()
        .regex(/^\s*\d{1,10}\s*$/)
        .transform(Number),
    ])
    .refine((given) => given >= least && given <= most, `must be a number from ${least} to ${most}`);

export const importId = importNumber(1, LARGEST_ID);

export const importLine = (most: number) => z.string().trim().min(1).max(most);

/** `2026-11-22` or `22.11.2026` */
export const importDay = z.string().transform((text, context) => {
  const russian = /^(\d{2})\.(\d{2})\.(\d{4})$/.exec(text.trim());
  try {
    return Temporal.PlainDate.from(russian ? `${russian[3]}-${russian[2]}-${russian[1]}` : text.trim(), { overflow: 'reject' });
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a day such as 2026-11-22 or 22.11.2026' });
    return z.NEVER;
  }
});

/** `1234.50`, also `1 234,50` as spreadsheets write it; a number of JSON by its digits. */
export const importAmount = z.union([z.string().max(40), z.number()]).transform((given, context) => {
  const amount = parseMoney(
    String(given)
      .replace(/[\s\u00a0\u202f]/g, '')
      .replace(/^([+-]?\d+),(\d{1,2})$/, '$1.$2'),
  );
  if (amount !== undefined) return amount;
  context.addIssue({ code: 'custom', message: 'must be an amount such as 1234.50: at most 13 digits before the point and 2 behind it' });
  return z.NEVER;
});

const YES = new Set(['true', '1', 'yes', '+', 'да']);
const NO = new Set(['false', '0', 'no', '-', 'нет']);

/** True or false by a word; undefined: neither. */
export function yesOrNo(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  return YES.has(word) ? true : NO.has(word) ? false : undefined;
}

export const importFlag = z.union([z.boolean(), z.string()]).transform((given, context) => {
  const flag = typeof given === 'boolean' ? given : yesOrNo(given);
  if (flag !== undefined) return flag;
  context.addIssue({ code: 'custom', message: 'must be yes or no' });
  return z.NEVER;
});

/** The contract with exactly this title. @throws HubError NOT_FOUND, also for one outside the fence */
export async function contractTitled(db: Queryable, act: Pick<Act, 'fence'>, title: string): Promise<number> {
  const [row] = await contractByTitle(db, title, ...fenceValues(act.fence));
  if (row) return row.id;
  throw new HubError('NOT_FOUND', `there is no contract ${JSON.stringify(title)}`, {
    reason: 'contract',
    russian: `Договор не найден: ${title}`,
  });
}

/** What tells a row from another under the same name; the order of its fields does not. */
export const contentOf = (fields: Readonly<Record<string, unknown>>): Buffer =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1))))
    .digest();

/** Another row under a name that was used already. */
export const otherContent = (id: string): HubError =>
  new HubError('CONFLICT', `another row was imported as ${id}: give this one another external_id`, {
    reason: 'external_id',
    russian: `Под идентификатором ${id} уже загружена строка с другим содержанием`,
  });
