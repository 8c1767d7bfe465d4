import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { type Page, pageOf } from '../core/http/page.ts';
import { type Caller, scopeOf } from '../core/identity/caller.ts';
import { disableAt, type HealthState, healthState } from './endpoint-health.ts';
import { listCursor } from './list-cursor.ts';
import { type HealthRow, healthPage } from './sql/health.ts';

/** How an endpoint fares, for the list of endpoints (spec 9.1). */
export interface HealthView {
  readonly endpoint_id: number;
  readonly name: string;
  readonly organization_id: number | null;
  readonly enabled: boolean;
  readonly disabled_by: 'user' | 'hub' | null;
  readonly state: HealthState;
  readonly last_success_at: Temporal.Instant | null;
  readonly failing_since: Temporal.Instant | null;
  readonly failures: number;
  readonly last_error: string | null;
  readonly breaker: { readonly state: 'open' | 'closed'; readonly until: Temporal.Instant | null; readonly holds: boolean };
  /** Counted no further than COUNTED in each. */
  readonly waiting: {
    readonly first: number;
    readonly retry: number;
    readonly more: boolean;
    readonly oldest_due_at: Temporal.Instant | null;
  };
  /** When its failures disable it, should they go on; null when there are none, or it wants notices only. */
  readonly disable_at: Temporal.Instant | null;
}

/** Deliveries of one endpoint that are counted at most in each lane: of one, and of each in a list. */
const COUNTED = 10_000;
const COUNTED_IN_LIST = 1_000;

function viewOf(row: HealthRow, counted: number): HealthView {
  return {
    endpoint_id: row.endpointId,
    name: row.name,
    organization_id: row.organizationId,
    enabled: row.enabled,
    disabled_by: row.disabledBy,
    state: healthState(row),
    last_success_at: row.succeededAt,
    failing_since: row.failingSince,
    failures: row.failures,
    last_error: row.lastCode,
    breaker: { state: row.breaker, until: row.breakerUntil, holds: row.hold === 'hold' },
    waiting: { first: row.first, retry: row.later, more: Math.max(row.first, row.later) >= counted, oldest_due_at: row.oldest },
    disable_at: row.enabled && row.autoDisable === 'disable' ? disableAt(row) : null,
  };
}

const ownersOf = (caller: Caller): number[] | null => {
  const scope = scopeOf(caller, 'callbacks.read');
  return scope === 'all' ? null : [...scope];
};

/** Health of the endpoints that the caller may see, by id. @throws HubError BAD_REQUEST on a damaged cursor. */
export async function listHealth(
  db: Queryable,
  caller: Caller,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Page<HealthView>> {
  const rows = await healthPage(db, listCursor.idOf(after), ownersOf(caller), COUNTED_IN_LIST, limit + 1, null);
  const page = pageOf(rows, limit, ({ endpointId }) => listCursor.after(endpointId));
  return { items: page.items.map((row) => viewOf(row, COUNTED_IN_LIST)), next: page.next };
}

/** @throws HubError NOT_FOUND. */
export async function showHealth(db: Queryable, caller: Caller, id: number): Promise<HealthView> {
  const [row] = await healthPage(db, 0, ownersOf(caller), COUNTED, 1, id);
  if (!row) throw new HubError('NOT_FOUND', `there is no endpoint ${id}`, { russian: `получателя ${id} нет` });
  return viewOf(row, COUNTED);
}
