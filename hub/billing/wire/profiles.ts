import type { BillingSettings, Profile } from '../settings.ts';

/** What differs between releases outside the shapes of operations (spec billing 6.5); these are in catalogue/release-shapes.ts. */

/** Of an address by the first part of its prefix. */
export const profileOf = ({ profile, profiles }: Pick<BillingSettings, 'profile' | 'profiles'>, first: string): Profile =>
  Object.hasOwn(profiles, first) ? (profiles[first] ?? profile) : profile;

/** Whether SOAP answers carry an empty header. */
export const hasSoapHeader = (profile: Profile): boolean => profile === '7';
