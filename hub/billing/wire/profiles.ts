import type { ServedOperation } from '../catalogue/registry.ts';
import type { BillingSettings, Profile } from '../settings.ts';

/** The one table of what differs between releases (spec billing 6.5). */

/** Of an address by the first part of its prefix. */
export const profileOf = ({ profile, profiles }: Pick<BillingSettings, 'profile' | 'profiles'>, first: string): Profile =>
  Object.hasOwn(profiles, first) ? (profiles[first] ?? profile) : profile;

/** Whether SOAP answers carry an empty header. */
export const hasSoapHeader = (profile: Profile): boolean => profile === '7';

/** Out-holders that travel inside the value, under another name. */
const INSIDE: Readonly<Record<string, string>> = { page: 'page', holderTotalSum: 'sum' };

/**
 * How JSON of this release tells a list with an out-holder: from 9.2501 on as one object `{list, page}` or `{list, sum}`; before, the holder stands
 * beside `return`.
 * @returns the key for the holder inside `return`; undefined: beside it
 */
export function holderInside(profile: Profile, { operation }: ServedOperation): string | undefined {
  const [holder, second] = operation.out;
  if (profile !== '9.2501' || !holder || second || !operation.result || !('list' in operation.result)) return undefined;
  return INSIDE[holder.name];
}

/** Rows of contractList are shorter there. */
export function shortRows(profile: Profile, { operation }: ServedOperation, value: unknown): unknown {
  if (profile !== '9.2501' || operation.service !== 'ContractService' || !/^contractList0?$/.test(operation.name)) return undefined;
  return (value as readonly Readonly<Record<string, unknown>>[] | null)?.map(({ id, title, comment }) => ({
    contractId: id,
    contractTitle: title,
    contractComment: comment,
  }));
}
