import type { Database } from '../core/database/database.ts';
import type { Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import { SYSTEM } from '../core/identity/caller.ts';
import { disableEndpoint } from './disable-endpoint.ts';
import { disableAt, healthState, type Notice, noticesOf } from './endpoint-health.ts';
import { ENDPOINTS } from './notifications.ts';
import { setEndpointState } from './sql/endpoints.ts';
import { healthTurns, longDisabled, oldestWaiting, storeTold, type TurnRow } from './sql/health.ts';
import { notify } from './sql/notify.ts';

/** How long deliveries are still made and held for an endpoint that the hub has disabled. Days. */
const HELD_DAYS = 7;
const DISABLED_REASON = 'only failures for five days';

const TYPES: Readonly<Record<Notice, string>> = {
  failing: 'vestnik.callbacks.endpoint.failing',
  ahead: 'vestnik.callbacks.endpoint.disable_announced',
  disable: 'vestnik.callbacks.endpoint.failing_for_days',
};

const same = (one: Temporal.Instant | null, other: Temporal.Instant | null): boolean =>
  one === other || (one !== null && other !== null && one.equals(other));

async function tell(tx: Transaction, row: TurnRow, type: string): Promise<void> {
  const { endpointId, organizationId, name, failingSince, failures, lastCode, breaker } = row;
  await publish(tx, {
    type,
    subject: `endpoint/${endpointId}`,
    data: {
      endpoint_id: endpointId,
      organization_id: organizationId,
      name,
      state: healthState(row),
      failing_since: failingSince,
      failures,
      last_error: lastCode,
      breaker,
      disable_at: row.autoDisable === 'disable' ? disableAt(row) : null,
    },
  });
}

async function turn(tx: Transaction, row: TurnRow, warnMinutes: number): Promise<boolean> {
  const state = healthState(row);
  const since = row.failingSince;
  const told: Record<Notice, Temporal.Instant | null> = { failing: row.failingTold, ahead: row.aheadTold, disable: row.disableTold };
  const due = row.enabled ? noticesOf(row, row.now, warnMinutes).filter((notice) => !same(told[notice], since)) : [];
  const over = since === null && row.failingTold !== null;
  if (state === row.told && due.length === 0 && !over) return false;
  if (state !== row.told) await tell(tx, row, 'vestnik.callbacks.endpoint.health_changed');
  if (over) await tell(tx, row, 'vestnik.callbacks.endpoint.recovered');
  for (const notice of due) await tell(tx, row, TYPES[notice]);
  if (due.includes('disable') && row.autoDisable === 'disable') await disableEndpoint(tx, SYSTEM, row.endpointId, DISABLED_REASON);
  const now = (notice: Notice): Temporal.Instant | null => (over ? null : due.includes(notice) ? since : told[notice]);
  await storeTold(tx, row.endpointId, state, now('failing'), now('ahead'), now('disable'));
  return true;
}

/**
 * Tells of endpoints whose health has turned, warns of those that fail, and disables those that have failed alone for five days (spec 6.9, 9.2).
 * Each is told once, whichever hub does it. @returns how many were told of.
 */
export const warnEndpoints = (database: Database, warnMinutes: number): Promise<number> =>
  database.transaction(async (tx) => {
    let turned = 0;
    for (const row of await healthTurns(tx)) if (await turn(tx, row, warnMinutes)) turned += 1;
    return turned;
  });

/** Stops making deliveries for endpoints that the hub disabled a week ago; those that are held stay. @returns how many. */
export const endHolding = (database: Database): Promise<number> =>
  database.transaction(async (tx) => {
    const rows = await longDisabled(tx, HELD_DAYS);
    for (const { endpointId, organizationId, name, stateReason } of rows) {
      const reason = `${stateReason ?? 'disabled by the hub'}; for ${HELD_DAYS} days deliveries were held, no more are made`;
      await setEndpointState(tx, endpointId, false, 'user', reason);
      await audit(tx, SYSTEM, { action: 'callbacks.endpoint.end-holding', object: String(endpointId), reason });
      await publish(tx, {
        type: 'vestnik.callbacks.endpoint.holding_ended',
        subject: `endpoint/${endpointId}`,
        data: { endpoint_id: endpointId, organization_id: organizationId, name, reason },
      });
    }
    if (rows.length > 0) await notify(tx, ENDPOINTS, '');
    return rows.length;
  });

/** Tells that first attempts wait for too long. @returns for how many seconds; undefined when none does. */
export const warnWaiting = (database: Database, seconds: number): Promise<number | undefined> =>
  database.transaction(async (tx) => {
    const [row] = await oldestWaiting(tx, seconds);
    if (!row) return undefined;
    await publish(tx, {
      type: 'vestnik.callbacks.waiting.late',
      subject: `endpoint/${row.endpointId}`,
      data: { endpoint_id: row.endpointId, organization_id: row.organizationId, name: row.name, seconds: Math.round(row.seconds) },
    });
    return row.seconds;
  });
