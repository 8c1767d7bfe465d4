import { InvalidArgumentError } from 'commander';
import type { Translate } from '../../core/terminal/words.ts';

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
