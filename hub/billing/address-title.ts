/** The parts of an address, as its title is made of them. */
export interface AddressParts {
  readonly country: string;
  readonly postIndex: string;
  readonly city: string;
  readonly area: string;
  readonly quarter: string;
  readonly street: string;
  readonly house: number;
  readonly frac: string;
  readonly pod: number;
  readonly floor: number;
  readonly flat: string;
  readonly room: string;
  readonly comment: string;
}

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ');
const numbered = (word: string, value: number | string): string => (value === '' || value === 0 ? '' : `${word} ${value}`);

/** `5а`, `5/1`: the fraction of a house stands behind its number, a number in it behind a stroke. */
export const houseTitle = (house: number, frac: string): string => `${house}${/^\d/.test(frac) ? '/' : ''}${frac}`;

/** `5/1` -> house 5, fraction 1; undefined when it does not begin with a number. */
export function parseHouse(text: string): { readonly house: number; readonly frac: string } | undefined {
  const match = /^\s*(\d{1,9})\s*\/?\s*(.{0,30}?)\s*$/u.exec(text);
  return match ? { house: Number(match[1]), frac: match[2] ?? '' } : undefined;
}

const inHouse = ({ pod, floor, flat, room }: AddressParts): string =>
  joined(numbered('под.', pod), numbered('эт.', floor), numbered('кв.', flat), numbered('комн.', room));
const houseOf = ({ house, frac }: AddressParts): string => (house === 0 && frac === '' ? '' : `д. ${houseTitle(house, frac)}`);
const remark = ({ comment }: AddressParts): string => (comment === '' ? '' : ` (${comment})`);

/** The forms of a title by their key (spec 2.3). */
export const ADDRESS_FORMATS: Readonly<Record<string, (parts: AddressParts) => string>> = {
  default: (parts) => joined(parts.city, parts.street, houseOf(parts), inHouse(parts)) + remark(parts),
  full: (parts) =>
    joined(parts.postIndex, parts.country, parts.city, parts.area, parts.quarter, parts.street, houseOf(parts), inHouse(parts)) +
    remark(parts),
  street: (parts) => joined(parts.street, houseOf(parts), inHouse(parts)),
};

/** The title of an address; an unknown key gives the default form. */
export const addressTitle = (parts: AddressParts, formatKey: string): string =>
  (Object.hasOwn(ADDRESS_FORMATS, formatKey) ? ADDRESS_FORMATS[formatKey] : ADDRESS_FORMATS['default'])?.(parts) ?? '';
