import { InvalidArgumentError } from 'commander';
import { HubError } from '../../core/errors.ts';
import type { Translate } from '../../core/terminal/words.ts';

/** How values that are more than a word are written on the command line. */

const PLAN = /^\s*(\d{1,10})(?::([\d-]*)\.\.([\d-]*))?\s*$/;

/**
 * Reads the plans of a tariff group, as REST has them; an end that is left out is open.
 * @example '3,4:2026-01-01..' // plans 3, and 4 from January on
 */
export const planList =
  (t: Translate) =>
  (text: string): Record<string, unknown>[] =>
    (text.trim() === '' ? [] : text.split(',')).map((part) => {
      const match = PLAN.exec(part);
      if (!match)
        throw new InvalidArgumentError(t('plans such as 3,4:2026-01-01..2026-12-31.', 'тарифы, например 3,4:2026-01-01..2026-12-31.'));
      const [, plan, from, to] = match;
      return { plan_id: Number(plan), date_from: from || null, date_to: to || null };
    });

/** `manage=true`, `groups=[1,2]`, `statusPairs=0:3,3:0`; nothing behind the sign takes the setting away. */
function pairOf(text: string): [name: string, value: unknown] {
  const equals = text.indexOf('=');
  if (equals < 1)
    throw new HubError('BAD_REQUEST', `--set takes name=value, such as manage=true, not ${text.slice(0, 40)}`, {
      russian: `--set ожидает имя=значение, например manage=true, а не ${text.slice(0, 40)}`,
    });
  const value = text.slice(equals + 1);
  try {
    return [text.slice(0, equals), JSON.parse(value)];
  } catch {
    return [text.slice(0, equals), value];
  }
}

/** The settings with those of `--set` in place. Amounts are texts, also when they look like numbers. */
export function settingsWith(present: unknown, pairs: readonly string[]): Record<string, unknown> {
  const settings = { ...(present as Record<string, unknown> | undefined) };
  for (const [name, value] of pairs.map(pairOf)) {
    if (value === '') delete settings[name];
    else settings[name] = name === 'unlockBalanceLimit' ? String(value) : value;
  }
  return settings;
}
