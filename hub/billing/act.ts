import type { Caller } from '../core/identity/caller.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import type { Fence } from './fence.ts';
import type { BillingSettings } from './settings.ts';

/** Through which face of billing an act came; events and the audit tell it. */
export type Protocol = 'action' | 'soap' | 'json' | 'rest' | 'cli' | 'scheduler';

/** Who acts, on which day, within which bounds. Every use case takes it. */
export interface Act {
  readonly caller: Caller;
  /** The operator's stable number; 0: the hub itself or the command line. */
  readonly operatorId: number;
  readonly protocol: Protocol;
  readonly settings: BillingSettings;
  /** The contracts that the operator may see. */
  readonly fence: Fence;
  readonly secretKey: SecretKey;
  readonly now: Temporal.Instant;
  /** `now` in the billing time zone. */
  readonly today: Temporal.PlainDate;
  /** What is done will be undone (`preview-outcome.ts`): it is not counted. */
  readonly preview?: true;
}

/** The calendar day of an instant where the billing is. */
export const dayOf = ({ settings }: Pick<Act, 'settings'>, at: Temporal.Instant): Temporal.PlainDate =>
  at.toZonedDateTimeISO(settings.timeZone).toPlainDate();
