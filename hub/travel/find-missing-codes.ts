import type { Queryable } from '../core/database/statement.ts';
import { typesOf } from './check-codes.ts';
import type { ChosenCode } from './chosen-code.ts';
import { BINDING } from './codebooks.ts';
import type { WholeTrip } from './find-trip.ts';
import { isLive } from './order.ts';
import { askedDictionaries } from './sql/dictionaries.ts';
import type { TripFacts } from './trip.ts';

const idsOf = (codes: readonly ChosenCode[]): number[] => codes.flatMap(({ id_MetaCode }) => (id_MetaCode === null ? [] : [id_MetaCode]));

/** Mandatory dictionaries of the organization that are asked for here and have no code: of the trip, then of each live order (spec 2.5, G). */
export async function findMissingCodes(db: Queryable, { trip, orders }: Pick<WholeTrip, 'trip' | 'orders'>): Promise<TripFacts['missing']> {
  const missing: TripFacts['missing'][number][] = [];
  const ask = async (
    on: 'trip' | number,
    types: readonly string[],
    codes: readonly ChosenCode[],
    own: readonly ChosenCode[],
  ): Promise<void> => {
    const binding = on === 'trip' ? BINDING.trip : BINDING.order;
    for (const { id_MetaDictionary, Name, mandatory } of await askedDictionaries(db, trip.id_Organization, binding, types, idsOf(codes)))
      if (mandatory && !own.some((code) => code.id_MetaDictionary === id_MetaDictionary)) missing.push({ id_MetaDictionary, Name, on });
  };
  await ask('trip', typesOf(orders), trip.codes, trip.codes);
  for (const order of orders.filter(isLive)) await ask(order.id_Reserve, [order.ReserveType], [...trip.codes, ...order.codes], order.codes);
  return missing;
}
