import type { Email, Phone } from './contacts.ts';

/** Where somebody is found in a house of the address directory. */
export interface Address {
  readonly houseId: number;
  readonly pod: number;
  readonly floor: number;
  readonly flat: string;
  readonly room: string;
  readonly comment: string;
  /** In which form its title is made (address-title.ts). */
  readonly formatKey: string;
}

/** What a parameter is set to; each kind has its own form, and none is turned into another (spec 2.3). */
export type ParameterValue =
  | { readonly kind: 1 | 4; readonly text: string }
  | { readonly kind: 2; readonly address: Address }
  | { readonly kind: 2; readonly text: string }
  | { readonly kind: 3; readonly emails: readonly Email[] }
  | { readonly kind: 5; readonly flag: boolean }
  | { readonly kind: 6; readonly day: Temporal.PlainDate | null }
  /** An item of the list; `custom`: a value of one's own, where the list takes such. Item 0 without one: none. */
  | { readonly kind: 7; readonly item: number; readonly custom?: string }
  | { readonly kind: 8; readonly contractId: number }
  | { readonly kind: 9; readonly phones: readonly Phone[] }
  | { readonly kind: 11; readonly items: readonly number[] };
