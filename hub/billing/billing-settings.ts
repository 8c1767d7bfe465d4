import type { Configuration } from '../config.ts';
import type { BillingSettings, Profile } from './settings.ts';

/** The section `billing` of the configuration as the module uses it. */
export function billingSettings(section: Configuration['billing']): BillingSettings {
  const { profiles, strictPrimitives, recalculateOnServiceChange, ...rest } = section;
  return {
    ...rest,
    profiles: Object.fromEntries(
      profiles.map((text) => {
        const [prefix = '', profile] = text.split('=');
        return [prefix, profile as Profile];
      }),
    ),
    strictPrimitives: strictPrimitives === 'yes',
    recalculateOnServiceChange: recalculateOnServiceChange === 'yes',
  };
}
