import { Argument, type Command } from 'commander';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { CLOSED_NAMES, type ClosedName } from '../closed-dates.ts';
import { closedDates, setClosedDate } from '../set-closed-date.ts';
import { commandAct } from './command-act.ts';
import { dayOrNone, endOf } from './contracts-arguments.ts';

/** `vestnik billing closed-date ...` */
export function addClosedDateCommands(billing: Command, { t, withPorts }: Making): void {
  const group = billing.command('closed-date').summary(t('closed periods', 'закрытые периоды'));
  withJson(group.command('list').summary(t('the last closed day of each kind', 'последний закрытый день каждого вида')), t).action(
    ({ json }) =>
      withPorts(async ({ database, print }) => {
        const rows = (await closedDates(database.work)).map(({ kind, day }) => ({ kind, day: day?.toString() ?? null }));
        if (json) return print(toJson({ items: rows }));
        print(
          renderTable(
            [t('KIND', 'ВИД'), t('CLOSED UP TO', 'ЗАКРЫТО ПО')],
            rows.map(({ kind, day }) => [kind, day]),
          ),
        );
      }),
  );
  const set = group
    .command('set')
    .addArgument(new Argument('<kind>', t('all closes every kind', 'all закрывает все виды')).choices(Object.keys(CLOSED_NAMES)))
    .argument('<day>', t('the last closed day, or none', 'последний закрытый день или none'), dayOrNone(t))
    .summary(t('close everything up to a day, which may move back', 'закрыть всё по этот день; его можно сдвинуть назад'));
  withExamples(set, t, 'closed-date set payments 2026-10-31', 'closed-date set all none').action(
    (kind: ClosedName, given: Temporal.PlainDate | 'none') =>
      withPorts(async (ports) => {
        const day = endOf(given);
        await ports.database.transaction((tx) => setClosedDate(tx, commandAct(ports), CLOSED_NAMES[kind], day ?? undefined));
        ports.print(day ? t(`${kind}: closed up to ${day}`, `${kind}: закрыто по ${day}`) : t(`${kind}: open`, `${kind}: открыто`));
      }),
  );
}
