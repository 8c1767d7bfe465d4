import type { AlertsSettings } from './settings.ts';

/** Whether there is no licence, or its last day has passed (specification of alerts 5.8.1). */
export function licenceEnded({ licence, zone }: Pick<AlertsSettings, 'licence' | 'zone'>, now: Temporal.Instant): boolean {
  if (licence.present === 'no') return true;
  return licence.validTo !== undefined && Temporal.PlainDate.compare(now.toZonedDateTimeISO(zone).toPlainDate(), licence.validTo) > 0;
}
