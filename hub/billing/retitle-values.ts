import type { Transaction } from '../core/database/statement.ts';
import { findHouse, titleIn } from './check-value.ts';
import type { HouseRow } from './sql/addresses.ts';
import { ADDRESS_VALUES, type Place, retitleAddresses, retitleSeveral, retitleSingle } from './sql/retitle.ts';

/** Values that are read and written at once. */
const BATCH = 1_000;
/** Houses kept while their addresses are written. */
const MOST_HOUSES = 10_000;

/** Values of contracts that are this item, alone or among others, show what it is called now. No value is changed by this: there is no history of it. */
export async function retitleItem(tx: Transaction, itemId: number, parameterId: number, title: string): Promise<void> {
  await retitleSingle(tx, itemId, parameterId, title);
  await retitleSeveral(tx, itemId, parameterId);
}

/**
 * Addresses of contracts in a place are written anew, after what it is called has changed: all of them in the transaction of the change, so that nobody
 * finds the one name in the directory and the other at a contract. A hundred thousand addresses take some seconds.
 */
export async function retitlePlace(tx: Transaction, place: Place, id: number): Promise<void> {
  const houses = new Map<number, HouseRow>();
  const houseOf = async (houseId: number): Promise<HouseRow> => {
    const known = houses.get(houseId);
    if (known) return known;
    if (houses.size >= MOST_HOUSES) houses.clear();
    const house = await findHouse(tx, houseId);
    houses.set(houseId, house);
    return house;
  };
  for (let [contractId, parameterId] = [0, 0]; ; ) {
    const rows = await ADDRESS_VALUES[place](tx, id, contractId, parameterId, BATCH);
    const changed: { contractId: number; parameterId: number; title: string }[] = [];
    for (const row of rows) {
      const title = titleIn(await houseOf(Number(row.houseId)), row.address);
      if (title !== row.title) changed.push({ contractId: row.contractId, parameterId: row.parameterId, title });
    }
    if (changed.length > 0)
      await retitleAddresses(
        tx,
        changed.map((row) => row.contractId),
        changed.map((row) => row.parameterId),
        changed.map((row) => row.title),
      );
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return;
    ({ contractId, parameterId } = last);
  }
}
