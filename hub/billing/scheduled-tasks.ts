import type { ModuleKind } from './module-kinds.ts';

/** What billing does by the clock, by its code: maintenance.ts runs each of them, foreign programs are told of them. */
interface ScheduledTask {
  /** In the log. */
  readonly name: string;
  /** For foreign programs. */
  readonly title: string;
  /** It works for modules of this kind. (Default: for contracts themselves) */
  readonly module?: ModuleKind;
  /** Number of its lock among those of billing's jobs. */
  readonly lock: number;
}

export type TaskCode = 'statuses' | 'limits' | 'fees';

export const SCHEDULED_TASKS: Readonly<Record<TaskCode, ScheduledTask>> = {
  statuses: { name: 'scheduled statuses', title: 'Вступление назначенных статусов в силу', lock: 1 },
  limits: { name: 'returning limits', title: 'Возврат временных лимитов', lock: 2 },
  fees: { name: 'fees', title: 'Начисление абонплаты', module: 'npay', lock: 3 },
};

/** Codes and titles of the tasks. @param module only of modules of this kind, '' of contracts themselves; undefined: all */
export const tasksOf = (module: string | undefined): { readonly code: string; readonly title: string }[] =>
  Object.entries(SCHEDULED_TASKS)
    .filter(([, task]) => module === undefined || (task.module ?? '') === module)
    .map(([code, { title }]) => ({ code, title }));
