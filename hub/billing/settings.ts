/** Release of the original whose shapes are answered (spec 6.5). */
export const PROFILES = ['7', '8', '9.2501'] as const;
export type Profile = (typeof PROFILES)[number];

/** The section `billing` of the configuration, as the module uses it; the schema is hub/config/billing.ts. */
export interface BillingSettings {
  readonly timeZone: string;
  readonly profile: Profile;
  /** By the first part of the path before `executer`. */
  readonly profiles: Readonly<Record<string, Profile>>;
  readonly titleMatch: 'prefix' | 'contains' | 'exact';
  readonly actionCharset: 'utf-8' | 'windows-1251';
  readonly strictPrimitives: boolean;
  /** Rows of a list without a page, at most. */
  readonly mostRows: number;
  readonly passwordAlphabet: string;
  readonly passwordLength: number;
  /** Statuses for whose days no fee is taken. */
  readonly suspendCodes: readonly number[];
  readonly recalculateOnServiceChange: boolean;
}
