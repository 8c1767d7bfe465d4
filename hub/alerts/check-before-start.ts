import type { Queryable } from '../core/database/statement.ts';
import type { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { readWays, startRefusal } from './check-start.ts';
import { TASK_STATUS } from './kinds.ts';
import { showTask } from './list-tasks.ts';
import { REACH } from './run.ts';
import { reachOfList } from './sql/readiness.ts';

/** What whoever is about to start a task should know. */
export interface BeforeStart {
  /** Why it would be refused now; undefined: it would not. */
  readonly refusal: HubError | undefined;
  /** It runs: a start without `restart` changes nothing. */
  readonly running: boolean;
  /** Members of its list, by its groups, too; who of them is excluded now, has no address that fits, or no PIN although it is asked for. */
  readonly people: number;
  readonly excluded: number;
  readonly withoutAddress: number;
  readonly withoutPin: number;
  /** The password is asked for (`alerts.confirmStart`). */
  readonly proof: boolean;
}

/**
 * Looks at a task as a start would, and changes nothing.
 * @throws HubError NOT_FOUND `unknown_task`
 */
export async function checkBeforeStart(db: Queryable, act: Act, id: number): Promise<BeforeStart> {
  const task = await showTask(db, act, id);
  const reach = REACH[task.type];
  const [ways, [list]] = await Promise.all([readWays(db), reachOfList(db, task.list_id, reach?.address ?? '', reach?.phones ?? [])]);
  const { people = 0, excluded = 0, unreachable = 0, pinless = 0 } = list ?? {};
  const asksPin = typeof task.confirmation !== 'string' && task.confirmation.kind === 'pin';
  return {
    refusal: startRefusal(act.settings, { taskId: task.id, type: task.type, channels: task.channels }, ways, act.now),
    running: task.status === TASK_STATUS.running,
    people,
    excluded,
    withoutAddress: unreachable,
    withoutPin: asksPin ? pinless : 0,
    proof: act.settings.confirmStart === 'yes',
  };
}
