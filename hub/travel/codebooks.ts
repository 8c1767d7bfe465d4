/**
 * The meaning of numbers and words in static data (spec 2.9 and 10): the one place of each. `observed` in the spec: they are known of the real
 * system; where nothing was observed, they are ours.
 */
type Codebook<T extends string | number> = { readonly [code in T]: { readonly en: string; readonly ru: string } };

export const DICTIONARY_TYPES = {
  1: { en: 'system', ru: 'системный' },
  2: { en: 'structural', ru: 'структурный' },
} as const satisfies Codebook<number>;

/** On which kind of object codes of a dictionary are put. */
export const BINDING = { trip: 0, order: 1 } as const;
export const BINDING_TYPES = {
  0: { en: 'on trips', ru: 'на командировке' },
  1: { en: 'on orders', ru: 'на заказе' },
} as const satisfies Codebook<number>;

/** How codes of a dictionary are chosen. */
export const SELECTOR = { one: 0, several: 1, free: 2 } as const;
export const SELECTOR_MODES = {
  0: { en: 'one from the list', ru: 'одно значение из списка' },
  1: { en: 'several from the list', ru: 'несколько значений из списка' },
  2: { en: 'free text', ru: 'произвольный текст' },
} as const satisfies Codebook<number>;

export const DOCUMENT_TYPES = {
  1: { en: 'passport', ru: 'паспорт' },
  2: { en: 'passport for travel abroad', ru: 'заграничный паспорт' },
  3: { en: 'birth certificate', ru: 'свидетельство о рождении' },
  4: { en: 'other', ru: 'иной документ' },
} as const satisfies Codebook<number>;

export const CONTACT = { phone: 1, email: 2 } as const;
export const CONTACT_TYPES = {
  1: { en: 'phone', ru: 'телефон' },
  2: { en: 'e-mail', ru: 'электронная почта' },
} as const satisfies Codebook<number>;

/** Kinds of services (spec 2.3). */
export const RESERVE_TYPES = {
  avia: { en: 'flight', ru: 'авиа' },
  rail: { en: 'rail', ru: 'ж/д' },
  hotel: { en: 'hotel', ru: 'гостиница' },
  transfer: { en: 'transfer', ru: 'трансфер' },
  aeroexpress: { en: 'airport train', ru: 'аэроэкспресс' },
  bus: { en: 'bus', ru: 'автобус' },
  car: { en: 'car rental', ru: 'аренда автомобиля' },
  visa: { en: 'visa', ru: 'виза' },
  insurance: { en: 'insurance', ru: 'страхование' },
  other: { en: 'other', ru: 'прочее' },
} as const satisfies Codebook<string>;
export type ReserveType = keyof typeof RESERVE_TYPES;

/** The numbers of a codebook, for a schema. */
export const numbersOf = (book: Codebook<number>): number[] => Object.keys(book).map(Number);
