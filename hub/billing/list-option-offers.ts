import type { Queryable } from '../core/database/statement.ts';
import type { Act } from './act.ts';
import { optionHolderOf, optionOf } from './activate-option.ts';
import { findContract } from './find-contract.ts';
import { type Money, money } from './money.ts';
import { optionModeRows, tariffOptionRows } from './sql/tariff-options.ts';
import { activationOf, isOffered, type OptionRefusal, optionRefusal } from './tariff-option.ts';

/** What activating an option today would mean for a contract. */
export interface OptionOffer {
  readonly id: number;
  readonly title: string;
  readonly comment: string;
  /** Null: it can be activated. */
  readonly refusal: OptionRefusal | null;
  readonly modes: readonly {
    readonly id: number;
    readonly title: string;
    readonly sum: Money;
    /** The first day on which it would no longer be in force; null: without end. */
    readonly until: Temporal.PlainDate | null;
  }[];
}

/** Every tariff option, by number, with its ways of activation that are offered today. @throws HubError NOT_FOUND */
export async function listOptionOffers(db: Queryable, act: Act, contractId: number): Promise<OptionOffer[]> {
  const holder = await optionHolderOf(db, act, await findContract(db, act, contractId), act.today);
  const options = await tariffOptionRows(db, null);
  const modes = await optionModeRows(
    db,
    options.map(({ id }) => id),
  );
  return options
    .map((option) => ({
      id: option.id,
      title: option.title,
      comment: option.comment,
      refusal: optionRefusal(optionOf(option), holder, act.today, false) ?? null,
      modes: modes
        .filter((mode) => mode.optionId === option.id && isOffered(mode, act.today))
        .map((mode) => ({ id: mode.id, title: mode.title, ...activationOf({ ...mode, chargeSum: money(mode.chargeSum) }, act.today) })),
    }))
    .sort((a, b) => a.id - b.id);
}
