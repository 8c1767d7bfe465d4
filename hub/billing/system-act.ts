import type { Caller } from '../core/identity/caller.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import type { Act } from './act.ts';
import { OPEN_FENCE } from './fence.ts';
import type { BillingSettings } from './settings.ts';

/** The hub itself, as the audit names it. */
const SCHEDULER: Caller = { login: 'system', rights: ['*'], face: 'system', address: undefined, requestId: undefined };

/** An act of the clock: the hub itself, before which no contract is hidden. */
export const schedulerAct = (settings: BillingSettings, secretKey: SecretKey, now: Temporal.Instant): Act => ({
  caller: SCHEDULER,
  operatorId: 0,
  protocol: 'scheduler',
  settings,
  fence: OPEN_FENCE,
  secretKey,
  now,
  today: now.toZonedDateTimeISO(settings.timeZone).toPlainDate(),
});
