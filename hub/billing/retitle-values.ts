import type { Transaction } from '../core/database/statement.ts';
import { titleIn } from './check-value.ts';
import { HOUSES_IN, type HouseRow, type Place } from './sql/addresses.ts';
import { parameters } from './sql/parameters.ts';
import { addressValues, retitleAddresses, retitleSeveral, retitleSingle } from './sql/retitle.ts';

/** Houses that are read at once. */
const HOUSES = 1_000;
/** Houses whose addresses are read and written at once: an ordinary one has some hundreds. */
const TOGETHER = 50;
const ADDRESS = 2;

/** Values of contracts that are this item, alone or among others, show what it is called now. No value is changed by this: there is no history of it. */
export async function retitleItem(tx: Transaction, itemId: number, parameterId: number, title: string): Promise<void> {
  await retitleSingle(tx, itemId, parameterId, title);
  await retitleSeveral(tx, itemId, parameterId);
}

async function retitleIn(tx: Transaction, parameterIds: readonly number[], houses: readonly HouseRow[]): Promise<void> {
  const byId = new Map(houses.map((house) => [house.id, house]));
  const changed: { contractId: number; parameterId: number; title: string }[] = [];
  for (const { contractId, parameterId, houseId, title: present, address } of await addressValues(tx, parameterIds, [...byId.keys()])) {
    const house = byId.get(houseId);
    const title = house ? titleIn(house, address) : present;
    if (title !== present) changed.push({ contractId, parameterId, title });
  }
  if (changed.length === 0) return;
  await retitleAddresses(
    tx,
    changed.map((row) => row.contractId),
    changed.map((row) => row.parameterId),
    changed.map((row) => row.title),
  );
}

/**
 * Addresses of contracts in a place are written anew, after what it is called has changed: all of them in the transaction of the change, so that nobody
 * finds the one name in the directory and the other at a contract.
 */
export async function retitlePlace(tx: Transaction, place: Place, id: number): Promise<void> {
  const parameterIds = (await parameters(tx, ADDRESS)).map((parameter) => parameter.id);
  for (let after = 0; ; ) {
    const houses = await HOUSES_IN[place](tx, id, after, HOUSES);
    for (let at = 0; at < houses.length; at += TOGETHER) await retitleIn(tx, parameterIds, houses.slice(at, at + TOGETHER));
    const last = houses.at(-1);
    if (!last || houses.length < HOUSES) return;
    after = last.id;
  }
}
