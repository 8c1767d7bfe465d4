import type { Caller } from '../core/identity/caller.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import type { AlertsSettings } from './settings.ts';

/** Who acts, when, and by which settings. Every use case of the alerts takes it. */
export interface Act {
  readonly caller: Caller;
  readonly settings: AlertsSettings;
  readonly secretKey: SecretKey;
  readonly now: Temporal.Instant;
}
