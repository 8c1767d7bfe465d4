import type { Command } from 'commander';
import { validate } from '../../core/http/validate.ts';
import { identifier } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { pageText, toJson, withJson, withPage } from '../../core/terminal/words.ts';
import { addRule } from '../add-rule.ts';
import { changeRule } from '../change-rule.ts';
import { deleteRule } from '../delete-rule.ts';
import { listMatches, listRules, showRule } from '../list-rules.ts';
import { tryRule } from '../preview-rule.ts';
import { newRuleInput, type RuleView, ruleChange } from '../rule.ts';
import type { AlertMaking } from './alert-ports.ts';
import { addThing } from './things.ts';

/** `vestnik alerts rule ...` */
export function addRuleCommands(alerts: Command, making: AlertMaking): void {
  const { t, withPorts } = making;
  const rule = addThing<RuleView>(alerts, making, {
    noun: 'rule',
    many: { en: 'rules by which events start tasks', ru: 'правила, по которым события запускают задания' },
    titles: [
      ['ENABLED', 'ВКЛЮЧЕНО'],
      ['TASK', 'ЗАДАНИЕ'],
      ['EVENTS', 'СОБЫТИЯ'],
    ],
    cells: ({ enabled, task_id: task, filter }) => [enabled, task, [filter.type].flat().join(',')],
    example: `--set name=Отмена --set task_id=3 --set 'filter={"type":"vestnik.travel.ReserveCanceled"}'`,
    list: (db, _act, wish) => listRules(db, wish),
    show: (db, _act, id) => showRule(db, id),
    add: (tx, act, fields) => addRule(tx, act, validate(newRuleInput, fields, 'body')),
    change: (tx, act, { id, fields, version }) => changeRule(tx, act, { id, change: validate(ruleChange, fields, 'body'), version }),
    remove: deleteRule,
  });
  withPage(
    rule.command('matches').summary(t('events that fitted a rule', 'события, подошедшие правилу')).argument('<id>', '', identifier(t)),
    t,
  ).action((id: number, { limit = 100, after, json }) =>
    withPorts(async ({ database, print }) => {
      const page = await listMatches(database.work, id, { limit, after });
      if (json) return print(toJson(page));
      const titles = [t('AT', 'КОГДА'), t('EVENT', 'СОБЫТИЕ'), t('OUTCOME', 'ИТОГ'), t('RUN', 'ЗАПУСК'), t('REASON', 'ПРИЧИНА')];
      const rows = page.items.map((match) => [Temporal.Instant.from(match.at), match.event_id, match.outcome, match.run_id, match.reason]);
      print(pageText(renderTable(titles, rows), page.next, t));
    }),
  );
  withJson(
    rule
      .command('try')
      .summary(
        t('which events of the past a rule fits; nothing is started', 'какие прошлые события подходят правилу; ничего не запускается'),
      )
      .argument('<id>', '', identifier(t)),
    t,
  ).action((id: number, { json }) =>
    withPorts(async ({ database, events, print }) => {
      const { filter, allow_own: allowOwn } = await showRule(database.work, id);
      const tried = await tryRule(events, { filter, allowOwn, limit: 100 });
      if (json) return print(toJson(tried));
      const rows = tried.items.map(({ time, position, type, subject }) => [time, position, type, subject ?? '']);
      print(renderTable([t('AT', 'КОГДА'), t('EVENT', 'СОБЫТИЕ'), t('TYPE', 'ТИП'), t('SUBJECT', 'О ЧЁМ')], rows));
      print(t(`${tried.looked} events looked at`, `просмотрено событий: ${tried.looked}`));
    }),
  );
}
