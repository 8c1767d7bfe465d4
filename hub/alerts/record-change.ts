import type { Transaction } from '../core/database/statement.ts';
import { publish } from '../core/events/publish.ts';
import { audit } from '../core/identity/audit.ts';
import type { Act } from './act.ts';
import { insertLog } from './sql/log.ts';

/** What operators keep in the alerts. */
export type Thing = 'group' | 'person' | 'list' | 'message' | 'file' | 'task' | 'rule';

/** What was done, as events and the audit name it. */
const VERBS = {
  added: 'add',
  changed: 'change',
  deleted: 'delete',
  /** People were moved into a group. */
  joined: 'join',
  /** Of a list. */
  'members-changed': 'change-members',
  cleared: 'clear',
} as const;

export interface Change {
  readonly thing: Thing;
  readonly done: keyof typeof VERBS;
  /** Its number, or the name of a file. */
  readonly id: number | string;
  /** Changed fields for the audit; never a PIN. */
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  /** What the event tells beside `<thing>_id`, `login` and `request_id`; never a PIN. (Default: nothing) */
  readonly data?: Readonly<Record<string, unknown>>;
  /** The line for the log of operators. */
  readonly said: string;
}

/** The event of a change: `vestnik.alerts.group.added`. `request_id` tells a session its own changes from those of others. */
export const eventOf = ({ caller }: Pick<Act, 'caller'>, { thing, done, id, data }: Omit<Change, 'said'>) => ({
  type: `vestnik.alerts.${thing}.${done}`,
  subject: `${thing}/${id}`,
  data: { [thing === 'file' ? 'name' : `${thing}_id`]: id, ...data, login: caller.login, request_id: caller.requestId ?? null },
});

/** Tells of one change in its transaction: audit, event, and a line of the operators' log. */
export async function recordChange(tx: Transaction, act: Pick<Act, 'caller'>, change: Change): Promise<void> {
  const { thing, done, id, before, after, said } = change;
  await audit(tx, act.caller, {
    action: `alerts.${thing}.${VERBS[done]}`,
    object: String(id),
    ...(before && { before }),
    ...(after && { after }),
  });
  await publish(tx, eventOf(act, change));
  await insertLog(tx, 'info', act.caller.login, said);
}

/** The fields of two records that differ, as the audit wants them; undefined when none does. */
export function differences<R extends object>(
  before: R,
  after: R,
): { readonly before: Partial<R>; readonly after: Partial<R>; readonly fields: readonly string[] } | undefined {
  const fields = (Object.keys(after) as (keyof R & string)[]).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  if (fields.length === 0) return undefined;
  const pick = (record: R) => Object.fromEntries(fields.map((key) => [key, record[key]])) as Partial<R>;
  return { before: pick(before), after: pick(after), fields };
}
