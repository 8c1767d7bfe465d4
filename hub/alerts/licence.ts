import { TASK_TYPE } from './kinds.ts';
import type { AlertsSettings } from './settings.ts';

type Licensed = Pick<AlertsSettings, 'licence' | 'zone'>;

/** Whether there is no licence, or its last day has passed (specification of alerts 5.8.1). */
export function licenceEnded({ licence, zone }: Licensed, now: Temporal.Instant): boolean {
  if (licence.present === 'no') return true;
  return licence.validTo !== undefined && Temporal.PlainDate.compare(now.toZonedDateTimeISO(zone).toPlainDate(), licence.validTo) > 0;
}

/** What the licence says against telling people by tasks of a type now; undefined: nothing (specification of alerts 5.8.2). */
export function licenceAgainst(settings: Licensed, type: number, now: Temporal.Instant): string | undefined {
  const { licence } = settings;
  if (licenceEnded(settings, now)) return licence.present === 'no' ? 'there is no licence' : `the licence ended on ${licence.validTo}`;
  return type === TASK_TYPE.email && licence.email === 'no' ? 'the licence does not allow e-mail' : undefined;
}
