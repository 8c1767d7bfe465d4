import { type Command, InvalidArgumentError } from 'commander';
import type { Queryable } from '../../core/database/statement.ts';
import type { Translate } from '../../core/terminal/words.ts';
import type { Act } from '../act.ts';
import { badValue } from '../bad-value.ts';
import { findContract } from '../find-contract.ts';
import { type Money, parseMoney } from '../money.ts';
import { findContractByTitle } from '../show-contract.ts';

const BY_TITLE = 'title:';

/** `<contract>`: its number, or `title:` and its title. */
export const contractArgument = (command: Command, t: Translate): Command =>
  command.argument('<contract>', t('number of the contract, or title:ITS-TITLE', 'номер записи договора или title:НАЗВАНИЕ'));

/** The number of the contract that is meant. @throws HubError NOT_FOUND, BAD_REQUEST: it is neither a number nor a title */
export async function contractIdOf(db: Queryable, act: Act, text: string): Promise<number> {
  if (text.startsWith(BY_TITLE)) return (await findContractByTitle(db, act, text.slice(BY_TITLE.length))).id;
  if (!/^\d{1,9}$/.test(text))
    throw badValue(
      'contract',
      `${JSON.stringify(text.slice(0, 40))} is no number; a title is given as title:A-17`,
      'ожидается номер или title:НАЗВАНИЕ',
    );
  return (await findContract(db, act, Number(text))).id;
}

/** Reads a day: `2026-11-22`. */
export const dayOption =
  (t: Translate) =>
  (text: string): Temporal.PlainDate => {
    try {
      if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Temporal.PlainDate.from(text, { overflow: 'reject' });
    } catch {
      // Said below.
    }
    throw new InvalidArgumentError(t('a day such as 2026-11-22.', 'день, например 2026-11-22.'));
  };

/** A day, or that there is none: commander takes null for a value that is missing. */
type DayOrNone = Temporal.PlainDate | 'none';

/** The same, or `none` for an open end. */
export const dayOrNone =
  (t: Translate) =>
  (text: string): DayOrNone =>
    text === 'none' ? text : dayOption(t)(text);

/** The end that was given; open unless it was. */
export const endOf = (given: DayOrNone | undefined): Temporal.PlainDate | null => (given === undefined || given === 'none' ? null : given);

/** Reads an amount: `-12.50`. */
export const amountOption =
  (t: Translate) =>
  (text: string): Money => {
    const amount = parseMoney(text);
    if (amount !== undefined) return amount;
    throw new InvalidArgumentError(t('an amount such as -12.50.', 'сумма, например -12.50.'));
  };

/** Reads numbers parted by commas: `1,2`. */
export const numbersOption =
  (t: Translate) =>
  (text: string): number[] => {
    if (/^\d{1,9}(,\d{1,9})*$/.test(text)) return text.split(',').map(Number);
    throw new InvalidArgumentError(t('numbers parted by commas, such as 1,2.', 'номера через запятую, например 1,2.'));
  };

type Day = string | Temporal.PlainDate | null;

/** The days of a period as one cell: `2026-01-01..`. */
export const periodText = (from: Day, to: Day): string => `${from ?? ''}..${to ?? ''}`;
