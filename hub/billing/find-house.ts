import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { parseHouse } from './address-title.ts';
import { badValue } from './bad-value.ts';
import { housesByName } from './sql/addresses.ts';

/**
 * The house that is named by its city, street and number, in any case of letters; a city that is not named may be any.
 * @throws HubError BAD_REQUEST (`houseAndFrac`), NOT_FOUND, CONFLICT: several are called so
 */
export async function findHouseByName(db: Queryable, city: string, street: string, houseAndFrac: string): Promise<number> {
  const parsed = parseHouse(houseAndFrac);
  if (!parsed)
    throw badValue('houseAndFrac', `${JSON.stringify(houseAndFrac.slice(0, 50))} is no number of a house`, 'номер дома начинается с цифры');
  const [house, ...more] = await housesByName(db, city.trim(), street.trim(), parsed.house, parsed.frac);
  const named = [city, street, houseAndFrac].filter((part) => part !== '').join(', ');
  if (!house) throw new HubError('NOT_FOUND', `there is no house ${named}`, { reason: 'house', russian: `Дом не найден: ${named}` });
  if (more.length > 0)
    throw new HubError('CONFLICT', `several houses are called ${named}`, { reason: 'house', russian: `Найдено несколько домов: ${named}` });
  return house.id;
}
