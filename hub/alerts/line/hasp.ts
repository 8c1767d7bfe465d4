import { licenceEnded } from '../licence.ts';
import type { AlertsSettings } from '../settings.ts';
import type { HaspFields } from './codec.ts';

/** The licence as the HASP line tells it: one whose last day has passed is none (specification of alerts 5.8.1). */
export function haspOf(settings: AlertsSettings, now: Temporal.Instant): HaspFields {
  const { boards, gsmModems, dynamicTts, email, e1 } = settings.licence;
  return {
    present: !licenceEnded(settings, now),
    boards,
    gsmModems,
    dynamicTts: dynamicTts === 'yes',
    email: email === 'yes',
    e1: e1 === 'yes',
  };
}
