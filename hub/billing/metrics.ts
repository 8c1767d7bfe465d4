import type { Queryable } from '../core/database/statement.ts';
import type { Gauge, MetricDefinition } from '../core/telemetry/metric.ts';
import { accrualStanding } from './sql/accrual-standing.ts';

/** The metrics of spec billing 9.8 that the faces count, and the unlockings. */
export const METRICS: readonly MetricDefinition[] = [
  {
    name: 'vestnik_billing_calls_total',
    kind: 'counter',
    help: 'Calls of foreign programs by protocol, operation and outcome: ok, or the code of the error',
    labels: ['protocol', 'operation', 'outcome'],
  },
  {
    name: 'vestnik_billing_call_seconds',
    kind: 'histogram',
    help: 'Seconds of a call, from its decoded request to its encoded answer',
    labels: ['protocol'],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  {
    name: 'vestnik_billing_unsupported_total',
    kind: 'counter',
    help: 'Calls of operations that are known and not served yet',
    labels: ['service', 'operation'],
  },
  {
    name: 'vestnik_billing_status_reactions_total',
    kind: 'counter',
    help: 'Contracts that money locked and unlocked',
    labels: ['reaction'],
  },
  {
    name: 'vestnik_billing_journal_lost_total',
    kind: 'counter',
    help: 'Calls that the journal of calls should have noted and could not',
  },
];

/** How far the fees have come. */
export interface AccrualLag {
  /** The last day whose fees are accrued; undefined: none yet. */
  readonly day: Temporal.PlainDate | undefined;
  /** For how long the fees of a day have been due without being accrued; 0 when those of today are, or when nothing has a fee. */
  readonly seconds: number;
}

/** Looks how far the fees have come. A day's are due from its midnight on in the zone of the billing. */
export async function readAccrualLag(db: Queryable, timeZone: string, now: Temporal.Instant): Promise<AccrualLag> {
  const [row] = await accrualStanding(db);
  const today = now.toZonedDateTimeISO(timeZone).toPlainDate();
  const day = row?.day ?? undefined;
  if (!row?.due || (day && Temporal.PlainDate.compare(day, today) >= 0)) return { day, seconds: 0 };
  const since = (day?.add({ days: 1 }) ?? today).toZonedDateTime(timeZone).toInstant();
  return { day, seconds: Math.max(0, Math.round(now.since(since).total('seconds'))) };
}

/** Numbers that are read when somebody asks. */
export const billingGauges = (db: Queryable, timeZone: string, sessions: { readonly size: number }): Gauge[] => [
  {
    name: 'vestnik_billing_action_sessions',
    kind: 'gauge',
    help: 'Sessions of XML actions on this hub',
    collect: () => sessions.size,
  },
  {
    name: 'vestnik_billing_accrual_lag_seconds',
    kind: 'gauge',
    help: 'For how long fees of a day have been due without being accrued; 0 when those of today are',
    collect: async () => (await readAccrualLag(db, timeZone, Temporal.Now.instant())).seconds,
  },
];
