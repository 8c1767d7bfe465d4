import { type Command, Option } from 'commander';
import { identifier, moment } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, pageText, type Translate, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { listTrips } from '../list-trips.ts';
import { runTripAction } from '../run-trip-action.ts';
import type { HistoryEntry } from '../show-trip.ts';
import { showTrip, showTripHistory } from '../show-trip.ts';
import { TRIP_ACTION_NAMES } from '../state-names.ts';
import { TRIP_ACTIONS, TRIP_STATES } from '../transitions.ts';
import { historyState, tripState, tripTable, tripText } from './trip-texts.ts';

/** Filters that lists of trips and of orders share. */
export const withFilters = (command: Command, states: readonly string[], t: Translate): Command =>
  withPage(command, t)
    .option('--organization <id>', t('of this organization', 'этой организации'), identifier(t))
    .addOption(new Option('--state <state>', t('in this state', 'в этом состоянии')).choices(states))
    .option('--person <id>', t('with this traveller', 'с этим пассажиром'), identifier(t))
    .option('--changed-since <time>', t('changed at this time or later', 'изменённые начиная с этого времени'), moment(t));

/** The history of a trip or order as a table. */
export function historyTable(entries: readonly HistoryEntry[], t: Translate): string {
  const titles = [
    t('AT', 'КОГДА'),
    t('ORDER', 'ЗАКАЗ'),
    t('ACTION', 'ДЕЙСТВИЕ'),
    t('FROM', 'ИЗ'),
    t('TO', 'В'),
    t('BY', 'КЕМ'),
    t('SOURCE', 'ИСТОЧНИК'),
    t('REASON', 'ПРИЧИНА'),
  ];
  return renderTable(
    titles,
    entries.map((row) => [
      row.at,
      row.id_Reserve,
      row.action,
      historyState(row.id_Reserve, row.from, t),
      historyState(row.id_Reserve, row.to, t),
      row.login,
      row.source,
      row.reason,
    ]),
  );
}

function addReading(trip: Command, { t, withPorts }: Making): void {
  const list = trip
    .command('list')
    .summary(t('list trips', 'список командировок'))
    .option('--outer-id <id>', t('with this external id', 'с этим внешним идентификатором'));
  withExamples(withFilters(list, TRIP_STATES, t), t, 'trip list --state cleancopy', 'trip list --changed-since 2026-11-22').action(
    (options) =>
      withPorts(async ({ database, caller, print }) => {
        const { organization, state, person, changedSince, outerId, after, limit = 100 } = options;
        const page = await listTrips(database.work, caller, { organization, state, person, changedSince, OuterId: outerId, after, limit });
        print(options.json ? toJson(page) : pageText(tripTable(page.items, t), page.next, t));
      }),
  );
  const id = t('id of the trip', 'номер командировки');
  withJson(
    trip
      .command('show')
      .argument('<trip>', id, identifier(t))
      .summary(t('show a trip with its orders', 'показать командировку с заказами')),
    t,
  ).action((which: number, options) =>
    withPorts(async ({ database, caller, print }) => {
      const found = await showTrip(database.work, caller, which);
      print(options.json ? toJson(found) : tripText(found, t));
    }),
  );
  const history = trip
    .command('history')
    .argument('<trip>', id, identifier(t))
    .summary(t('every transition of a trip and its orders', 'все переходы командировки и её заказов'));
  withPage(history, t).action((which: number, options) =>
    withPorts(async ({ database, caller, print }) => {
      const page = await showTripHistory(database.work, caller, { id: which, after: options.after, limit: options.limit ?? 100 });
      print(options.json ? toJson(page) : pageText(historyTable(page.items, t), page.next, t));
    }),
  );
}

/** `vestnik travel trip ...` */
export function addTripCommands(travel: Command, making: Making): void {
  const { t, withPorts } = making;
  const trip = travel
    .command('trip')
    .alias('trips')
    .summary(t('trips', 'командировки'))
    .description(
      t(
        'Trips: each holds the orders of one journey. Actions act on the trip and, where the word says so, on all of its orders, or on none.',
        'Командировки: в каждой — заказы одной поездки. Действие выполняется над командировкой и, если это следует из него, над всеми её заказами; либо ни над чем.',
      ),
    );
  addReading(trip, making);
  for (const action of TRIP_ACTIONS) {
    const command = trip
      .command(action.replaceAll('_', '-'))
      .argument('<trip>', t('id of the trip', 'номер командировки'), identifier(t))
      .summary(t(TRIP_ACTION_NAMES[action].en, TRIP_ACTION_NAMES[action].ru))
      .option('--reason <text>', t('why; kept in the history', 'причина; сохраняется в истории'));
    withJson(command, t).action((id: number, options) =>
      withPorts(async ({ database, caller, print }) => {
        const after = await database.transaction(async (tx) => {
          await runTripAction(tx, caller, { id, action, reason: options.reason });
          return showTrip(tx, caller, id);
        });
        if (options.json) return print(toJson(after));
        const state = tripState(after.ComplexState, t);
        print(t(`trip ${id}: ${state}`, `командировка ${id}: ${state}`));
      }),
    );
  }
}
