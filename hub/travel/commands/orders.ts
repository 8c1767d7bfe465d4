import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { HubError } from '../../core/errors.ts';
import { identifier, moment } from '../../core/terminal/arguments.ts';
import { type Making, pageText, type Translate, toJson, withExamples, withJson, withPage } from '../../core/terminal/words.ts';
import { readFile } from '../add-files.ts';
import { setTimeLimit } from '../change-order.ts';
import { RESERVE_TYPES } from '../codebooks.ts';
import { listOrders } from '../list-trips.ts';
import { orderActionSchema } from '../order.ts';
import { type OrderActionInput, runOrderAction } from '../run-order-action.ts';
import { showOrder, showOrderHistory } from '../show-trip.ts';
import { ORDER_ACTION_NAMES } from '../state-names.ts';
import { ORDER_ACTIONS, ORDER_STATES, type OrderAction, orderRow } from '../transitions.ts';
import { orderState, orderTable, orderText } from './trip-texts.ts';
import { historyTable, withFilters } from './trips.ts';

const orderArgument = (command: Command, t: Translate): Command =>
  command.argument('<order>', t('id of the order', 'номер заказа'), identifier(t));

function addReading(order: Command, { t, withPorts }: Making): void {
  const list = order
    .command('list')
    .summary(t('list orders', 'список заказов'))
    .option('--trip <id>', t('of this trip', 'этой командировки'), identifier(t))
    .addOption(new Option('--type <type>', t('of this kind of service', 'этого вида услуги')).choices(Object.keys(RESERVE_TYPES)));
  withExamples(withFilters(list, ORDER_STATES, t), t, 'order list --state queued', 'order list --trip 77 --json').action((options) =>
    withPorts(async ({ database, caller, print }) => {
      const { organization, state, person, changedSince, type, trip, after, limit = 100 } = options;
      const page = await listOrders(database.work, caller, { organization, state, person, changedSince, type, trip, after, limit });
      print(options.json ? toJson(page) : pageText(orderTable(page.items, t), page.next, t));
    }),
  );
  withJson(orderArgument(order.command('show'), t).summary(t('show an order', 'показать заказ')), t).action((id: number, options) =>
    withPorts(async ({ database, caller, print }) => {
      const found = await showOrder(database.work, caller, id);
      print(options.json ? toJson(found) : orderText(found, t));
    }),
  );
  withPage(orderArgument(order.command('history'), t).summary(t('every transition of an order', 'все переходы заказа')), t).action(
    (id: number, options) =>
      withPorts(async ({ database, caller, print }) => {
        const page = await showOrderHistory(database.work, caller, { id, after: options.after, limit: options.limit ?? 100 });
        print(options.json ? toJson(page) : pageText(historyTable(page.items, t), page.next, t));
      }),
  );
  orderArgument(order.command('download'), t)
    .argument('<file>', t('id of the file, as show prints it', 'номер файла, как его печатает show'), identifier(t))
    .requiredOption('--out <path>', t('the file to write; it must not exist', 'куда записать; файл не должен существовать'))
    .summary(t('save a file of an order', 'сохранить файл заказа'))
    .action((id: number, file: number, options) =>
      withPorts(async ({ database, caller, print }) => {
        const { body, name } = await readFile(database.work, caller, { id, file });
        await writeFile(options.out, body, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
          throw new HubError('CONFLICT', `${options.out} cannot be written (${error.code})`, { cause: error });
        });
        print(t(`${name} saved: ${options.out}`, `${name} сохранён: ${options.out}`));
      }),
    );
}

/** `--document ticket:4214200000001`, several times. */
const gatherDocuments = (text: string, before: OrderActionInput['documents'] = []): NonNullable<OrderActionInput['documents']> => {
  const [kind = '', ...rest] = text.split(':');
  return [...before, { kind: kind as 'ticket', number: rest.join(':') }];
};

/** Options for what an action takes along; prices are set over REST. */
function withExtras(command: Command, action: OrderAction, t: Translate): Command {
  const { takes } = orderRow(action);
  if (takes.includes('locator')) command.option('--locator <text>', t('booking reference', 'номер брони'));
  if (takes.includes('supplier')) command.option('--supplier <text>', t('supplier', 'поставщик'));
  if (takes.includes('time_limit')) command.option('--time-limit <time>', t('time limit for issuing', 'срок оформления'), moment(t));
  if (takes.includes('documents'))
    command.option(
      '--document <kind:number>',
      t('ticket:... or voucher:...; repeat for several', 'ticket:... или voucher:...; для нескольких повторить'),
      gatherDocuments,
    );
  return command;
}

function addActions(order: Command, { t, withPorts }: Making): void {
  for (const action of ORDER_ACTIONS) {
    const command = orderArgument(order.command(action.replaceAll('_', '-')), t)
      .summary(t(ORDER_ACTION_NAMES[action].en, ORDER_ACTION_NAMES[action].ru))
      .option('--reason <text>', t('why; kept in the history', 'причина; сохраняется в истории'));
    withJson(withExtras(command, action, t), t).action((id: number, options) =>
      withPorts(async ({ database, caller, print }) => {
        const { reason, locator, supplier, timeLimit, document } = options;
        const given = { reason, locator, supplier, time_limit: timeLimit?.toString(), documents: document };
        const read = orderActionSchema.safeParse(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
        if (!read.success) throw new HubError('VALIDATION', read.error.issues[0]?.message ?? 'an option is wrong');
        const after = await database.transaction(async (tx) => {
          await runOrderAction(tx, caller, { id, action, input: read.data });
          return showOrder(tx, caller, id);
        });
        if (options.json) return print(toJson(after));
        const state = orderState(after.ReserveState, t);
        print(t(`order ${id}: ${state}`, `заказ ${id}: ${state}`));
      }),
    );
  }
}

/** `vestnik travel order ...` */
export function addOrderCommands(travel: Command, making: Making): void {
  const { t, withPorts } = making;
  const order = travel
    .command('order')
    .alias('orders')
    .summary(t('orders', 'заказы'))
    .description(
      t(
        'Orders: each is one service of a trip. What is possible in the present state, show says.',
        'Заказы: каждый — одна услуга командировки. Что возможно в текущем состоянии, показывает show.',
      ),
    );
  addReading(order, making);
  const limit = orderArgument(order.command('time-limit'), t)
    .argument('<time>', t('a day or time, or none', 'день или время, либо none'), (text: string) =>
      text === 'none' ? 'none' : moment(t)(text),
    )
    .summary(t('set or remove the time limit for issuing', 'задать или снять срок оформления'));
  withExamples(withJson(limit, t), t, 'order time-limit 1042 2026-11-30T18:00', 'order time-limit 1042 none').action(
    (id: number, time: Temporal.Instant | 'none', options) =>
      withPorts(async ({ database, caller, print }) => {
        const after = await database.transaction(async (tx) => {
          await setTimeLimit(tx, caller, { id, timeLimit: time === 'none' ? null : time });
          return showOrder(tx, caller, id);
        });
        print(options.json ? toJson(after) : orderText(after, t));
      }),
  );
  addActions(order, making);
}
