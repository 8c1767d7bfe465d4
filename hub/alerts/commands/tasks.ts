import type { Command } from 'commander';
import { validate } from '../../core/http/validate.ts';
import { identifier, wholeNumber } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { toJson, withJson } from '../../core/terminal/words.ts';
import { addTask } from '../add-task.ts';
import { newTaskBody, taskBody, taskJson } from '../api/task-answers.ts';
import { changeTask } from '../change-task.ts';
import { deleteTask } from '../delete-task.ts';
import { listTasks, showTask } from '../list-tasks.ts';
import { previewSchedule } from '../preview-schedule.ts';
import type { AlertMaking } from './alert-ports.ts';
import { shownState } from './shown-words.ts';
import { addThing } from './things.ts';

/** `vestnik alerts task ...`, as far as tasks are kept. @returns the noun, for commands of runs */
export function addTaskCommands(alerts: Command, making: AlertMaking): Command {
  const { t, withPorts } = making;
  const task = addThing<ReturnType<typeof taskJson>>(alerts, making, {
    noun: 'task',
    many: { en: 'tasks', ru: 'задания' },
    titles: [
      ['TYPE', 'ВИД'],
      ['STATUS', 'СОСТОЯНИЕ'],
      ['LIST', 'СПИСОК'],
      ['MESSAGE', 'СООБЩЕНИЕ'],
      ['NEXT START', 'СЛЕДУЮЩИЙ ЗАПУСК'],
    ],
    cells: ({ type, status, list_id: list, message_id: message, next_local: next }) => [type, shownState(status, t), list, message, next],
    example: '--set type=sms --set name=Сбор --set list_id=3 --set message_id=12',
    async list(db, act, wish) {
      const { items, next } = await listTasks(db, act, wish);
      return { items: items.map(taskJson), next };
    },
    show: async (db, act, id) => taskJson(await showTask(db, act, id)),
    add: async (tx, act, fields) => taskJson(await addTask(tx, act, validate(newTaskBody, fields, 'body'))),
    change: async (tx, act, { id, fields, version }) =>
      taskJson(await changeTask(tx, act, { id, change: validate(taskBody, fields, 'body'), version })),
    remove: deleteTask,
  });
  withJson(
    task
      .command('preview')
      .summary(t('the next starts of a task by its schedule', 'ближайшие запуски задания по расписанию'))
      .argument('<id>', '', identifier(t))
      .option('--count <n>', t('how many', 'сколько'), wholeNumber(t, 1, 100), 10),
    t,
  ).action((id: number, { count, json }) =>
    withPorts(async (ports) => {
      const act = ports.act();
      const { schedule } = await showTask(ports.database.work, act, id);
      if (typeof schedule === 'string') return ports.print(t('its schedule cannot be read', 'расписание не читается'));
      const windows = schedule.windows.map((window) => ({ ...window }));
      const start =
        schedule.start.kind === 'weekly'
          ? { ...schedule.start, days: [...schedule.start.days], times: [...schedule.start.times] }
          : schedule.start;
      const preview = previewSchedule(act, { ...schedule, start, windows }, count);
      if (json) return ports.print(toJson(preview));
      if (preview.starts.length === 0)
        return ports.print(t('by its schedule it does not start any more', 'по расписанию больше не запустится'));
      const rows = preview.starts.map(({ local, at }) => [local, at]);
      ports.print(renderTable([preview.zone, 'UTC'], rows));
    }),
  );
  return task;
}
