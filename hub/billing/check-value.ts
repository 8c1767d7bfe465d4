import type { Queryable, Transaction } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { addressTitle } from './address-title.ts';
import { badValue, checkLine } from './bad-value.ts';
import { checkEmails, checkPhones, emailsTitle, phonesTitle } from './contacts.ts';
import { checkPeriod } from './day-period.ts';
import { findContract } from './find-contract.ts';
import type { Address, ParameterValue } from './parameter-value.ts';
import { type HouseRow, holdHouse, houseById } from './sql/addresses.ts';
import type { Detail } from './sql/parameter-values.ts';
import { addItem, itemsById, lockParameter, type ParameterRow } from './sql/parameters.ts';
import { dayText } from './wire/texts.ts';

/** A value as it lies in the database. */
export interface StoredValue {
  readonly title: string;
  readonly number?: number;
  readonly day?: Temporal.PlainDate;
  readonly detail?: Detail;
}

const LONGEST_TEXT = 2_000;
const LONGEST_WORD = 100;
const MOST_ITEMS = 200;

/** @throws HubError NOT_FOUND */
export async function findHouse(db: Queryable, id: number): Promise<HouseRow> {
  const [house] = await houseById(db, id);
  if (!house) throw new HubError('NOT_FOUND', `there is no house ${id}`, { reason: 'house', russian: `Дом не найден: ${id}` });
  return house;
}

/** The title of an address in a house. */
export const titleIn = (house: HouseRow, address: Address, formatKey = address.formatKey): string =>
  addressTitle(
    {
      ...address,
      country: house.countryTitle,
      postIndex: house.postIndex,
      city: house.cityTitle,
      area: house.areaTitle,
      quarter: house.quarterTitle,
      street: house.streetTitle,
      house: house.house,
      frac: house.frac,
    },
    formatKey,
  );

async function storedAddress(tx: Transaction, given: Address): Promise<StoredValue> {
  await holdHouse(tx, given.houseId);
  const house = await findHouse(tx, given.houseId);
  const address: Address = {
    ...given,
    flat: checkLine('flat', given.flat, LONGEST_WORD),
    room: checkLine('room', given.room, LONGEST_WORD),
    comment: checkLine('comment', given.comment, LONGEST_TEXT),
    formatKey: checkLine('formatKey', given.formatKey, LONGEST_WORD),
  };
  return { title: titleIn(house, address), number: house.id, detail: { address } };
}

const noItem = (items: readonly number[]): HubError =>
  badValue('value', `the list has no item ${items.join(', ')}`, `в списке нет значения ${items.join(', ')}`);

async function storedItem(tx: Transaction, parameter: ParameterRow, item: number, custom: string): Promise<StoredValue | undefined> {
  if (custom !== '') {
    if (!parameter.customValues)
      throw badValue(
        'custom_value',
        `list ${parameter.id} takes its own items only`,
        `список «${parameter.title}» не допускает своих значений`,
      );
    await lockParameter(tx, parameter.id);
    const [row] = await addItem(tx, parameter.id, checkLine('custom_value', custom, LONGEST_TEXT));
    if (!row) throw new HubError('INTERNAL', `an item of list ${parameter.id} was not stored`);
    return { title: row.title, number: row.id };
  }
  if (item <= 0) return undefined;
  const [row] = await itemsById(tx, parameter.id, [item]);
  if (!row) throw noItem([item]);
  return { title: row.title, number: row.id };
}

async function storedItems(tx: Transaction, parameter: ParameterRow, wanted: readonly number[]): Promise<StoredValue | undefined> {
  const items = [...new Set(wanted)];
  if (items.length > MOST_ITEMS) throw badValue('value', `at most ${MOST_ITEMS} items are kept`, `не более ${MOST_ITEMS} значений`);
  if (items.length === 0) return undefined;
  const rows = await itemsById(tx, parameter.id, items);
  const missing = items.filter((item) => rows.every(({ id }) => id !== item));
  if (missing.length > 0) throw noItem(missing);
  return { title: rows.map(({ title }) => title).join(', '), detail: { items } };
}

const storedText = (parameter: string, given: string): StoredValue | undefined => {
  const title = checkLine(parameter, given, LONGEST_TEXT);
  return title === '' ? undefined : { title };
};

/**
 * Checks a value against its parameter and the directories.
 * @returns undefined: nothing is left of it, the parameter is cleared
 * @throws HubError BAD_REQUEST naming the part that is wrong; NOT_FOUND (house, contract)
 */
export async function toStored(
  tx: Transaction,
  act: Act,
  parameter: ParameterRow,
  value: ParameterValue,
): Promise<StoredValue | undefined> {
  switch (value.kind) {
    case 1:
    case 4:
      return storedText('value', value.text);
    case 2: {
      if ('address' in value) return storedAddress(tx, value.address);
      const text = storedText('address', value.text);
      return text && { ...text, detail: { text: text.title } };
    }
    case 3: {
      const emails = checkEmails(value.emails);
      return emails.length === 0 ? undefined : { title: emailsTitle(emails), detail: { emails } };
    }
    case 5:
      return { title: value.flag ? '1' : '0', number: value.flag ? 1 : 0 };
    case 6:
      checkPeriod(value.day, null, ['value', 'value']);
      return value.day === null ? undefined : { title: dayText(value.day), day: value.day };
    case 7:
      return storedItem(tx, parameter, value.item, value.custom ?? '');
    case 8: {
      if (value.contractId <= 0) return undefined;
      const contract = await findContract(tx, act, value.contractId);
      return { title: contract.title, number: contract.id };
    }
    case 9: {
      const phones = checkPhones(value.phones);
      return phones.length === 0 ? undefined : { title: phonesTitle(phones), detail: { phones } };
    }
    case 11:
      return storedItems(tx, parameter, value.items);
  }
}
