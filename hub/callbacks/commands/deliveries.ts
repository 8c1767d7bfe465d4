import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandPorts } from '../../core/module.ts';
import { gather, identifier, wholeNumber } from '../../core/terminal/arguments.ts';
import { type Making, type Translate, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { actOnResendJob, addResendJob, listResendJobs, showResendJob } from '../add-resend-job.ts';
import { cancelDelivery } from '../cancel-deliveries.ts';
import { DELIVERY_STATES } from '../delivery-view.ts';
import { exportDeliveries } from '../export-deliveries.ts';
import { type DeliveryFilter, listDeliveries } from '../list-deliveries.ts';
import { DEFAULT_RATE, RESEND_JOB_ACTS, type ResendJobAct } from '../mass-resend.ts';
import { RESEND_MODES, resendDelivery } from '../resend-deliveries.ts';
import { showAttempt } from '../show-attempt.ts';
import { showDelivery } from '../show-delivery.ts';
import { listHealth } from '../show-health.ts';
import { startTicks } from '../tick-slot.ts';
import { renderBytes, renderDeliveries, renderDelivery, renderHealth, renderJobs } from './delivery-tables.ts';

const moment =
  (t: Translate) =>
  (text: string): Temporal.Instant => {
    try {
      return Temporal.Instant.from(text);
    } catch {
      throw new InvalidArgumentError(t('a time such as 2026-11-22T09:30:00Z.', 'время вида 2026-11-22T09:30:00Z.'));
    }
  };

/** The filters of the log as options. */
const withFilter = (command: Command, t: Translate): Command =>
  command
    .option(
      '--endpoint <id>',
      t('of an endpoint; repeat for several', 'получателя; для нескольких повторить'),
      (text, before: number[] | undefined) => [...(before ?? []), identifier(t)(text)],
    )
    .addOption(
      new Option('--state <state>', t('in a state; repeat for several', 'в состоянии; для нескольких повторить')).argParser(
        (text, before: string[] | undefined) => {
          if (!(DELIVERY_STATES as readonly string[]).includes(text)) throw new InvalidArgumentError(DELIVERY_STATES.join(', '));
          return gather(text, before);
        },
      ),
    )
    .option('--event <type>', t('of a type of event; repeat for several', 'вида события; для нескольких повторить'), gather)
    .option('--trip <id>', t('about a trip', 'о командировке'), identifier(t))
    .option('--order <id>', t('about an order', 'о заказе'), identifier(t))
    .option('--person <id>', t('about a person', 'о персоне'), identifier(t))
    .option('--contract <id>', t('about a contract', 'о договоре'), identifier(t))
    .option('--from <time>', t('made from then on', 'созданные с'), moment(t))
    .option('--to <time>', t('made before then', 'созданные до'), moment(t))
    .option('--status <status>', t('with an HTTP status', 'с кодом HTTP'), wholeNumber(t, 100, 599))
    .option('--error <code>', t('with an error', 'с ошибкой'));

const filterOf = ({
  endpoint,
  state,
  event,
  trip,
  order,
  person,
  contract,
  from,
  to,
  status,
  error,
}: Record<string, unknown>): DeliveryFilter =>
  ({ endpoint, state, event_type: event, trip, order, person, contract, from, to, status, error }) as DeliveryFilter;

/** Numbers of @CallbackId, which a resend may need. */
async function withTicks<T>(
  { database, hubId, configuration }: CommandPorts,
  work: (ticks: ReturnType<typeof startTicks>) => Promise<T>,
): Promise<T> {
  const ticks = startTicks({ database, hubId, zone: configuration.callbacks.callbackIdZone });
  try {
    return await work(ticks);
  } finally {
    await ticks.stop();
  }
}

function addReading(deliveries: Command, { t, withPorts }: Making): void {
  const list = deliveries
    .command('list')
    .summary(t('deliveries, the newest first', 'доставки, сначала новые'))
    .option('--after <cursor>', t('continue after a page', 'продолжить после страницы'))
    .option('--limit <rows>', t('rows, at most 1000', 'строк, не больше 1000'), wholeNumber(t, 1, 1_000), 50);
  withJson(withExamples(withFilter(list, t), t, 'deliveries list --state failed --endpoint 3', 'deliveries list --trip 77'), t).action(
    (options) =>
      withPorts(async ({ database, caller, print }) => {
        const page = await listDeliveries(database.work, caller, { ...filterOf(options), after: options.after, limit: options.limit });
        if (options.json) return print(toJson(page));
        print(renderDeliveries(page.items, t));
        if (page.next !== null) print(t(`more: --after ${page.next}`, `далее: --after ${page.next}`));
      }),
  );
  withJson(
    deliveries
      .command('show')
      .summary(t('one delivery with its attempts', 'одна доставка с попытками'))
      .argument('<id>', '', identifier(t)),
    t,
  ).action((id: number, options) =>
    withPorts(async ({ database, caller, print }) => {
      const delivery = await showDelivery(database.work, caller, id);
      print(options.json ? toJson(delivery) : renderDelivery(delivery, t));
    }),
  );
  withJson(
    deliveries
      .command('bytes')
      .summary(t('what an attempt sent and got', 'что попытка отправила и получила'))
      .argument('<id>', '', identifier(t))
      .argument('[attempt]', t('its number (default: 1)', 'её номер (по умолчанию 1)'), wholeNumber(t, 1, 32_767))
      .option('--unmasked', t('with personal data; kept in the audit', 'с персональными данными; остаётся в журнале аудита')),
    t,
  ).action((id: number, number: number | undefined, options) =>
    withPorts(async ({ database, caller, secretKey, print }) => {
      const wanted = { id, number: number ?? 1, unmasked: options.unmasked === true };
      const attempt = await database.transaction((tx) => showAttempt(tx, caller, secretKey, wanted));
      print(options.json ? toJson(attempt) : renderBytes(attempt, t));
    }),
  );
  withFilter(
    deliveries
      .command('export')
      .summary(t('everything that fits as JSON Lines', 'всё подходящее в виде JSON Lines'))
      .option('--attempts', t('with their attempts', 'с попытками')),
    t,
  ).action((options) =>
    withPorts(async ({ database, caller, print }) => {
      const parts = exportDeliveries(database.work, caller, filterOf(options), { attempts: options.attempts === true });
      for await (const part of parts) print(part.trimEnd());
    }),
  );
}

function addActing(deliveries: Command, { t, withPorts }: Making): void {
  deliveries
    .command('resend')
    .summary(t('send an ended delivery again', 'отправить завершённую доставку ещё раз'))
    .argument('<id>', '', identifier(t))
    .addOption(new Option('--mode <mode>', t('what to send', 'что отправить')).choices(RESEND_MODES).default('auto'))
    .action((id: number, { mode }) =>
      withPorts((ports) =>
        withTicks(ports, async (ticks) => {
          const made = await ports.database.transaction((tx) => resendDelivery(tx, ports.caller, ticks, { id, mode }));
          ports.print(t(`sent again as ${made.id} (${made.mode})`, `отправлена повторно как ${made.id} (${made.mode})`));
        }),
      ),
    );
  deliveries
    .command('cancel')
    .summary(t('cancel a delivery that has not ended', 'отменить незавершённую доставку'))
    .argument('<id>', '', identifier(t))
    .action((id: number) =>
      withPorts(async ({ database, caller, print }) => {
        const state = await database.transaction((tx) => cancelDelivery(tx, caller, id));
        print(
          state === 'canceled'
            ? t(`delivery ${id} is canceled`, `доставка ${id} отменена`)
            : t('an attempt is under way; it is the last', 'идёт попытка; она последняя'),
        );
      }),
    );
}

function addJobs(callbacks: Command, { t, withPorts }: Making): void {
  const jobs = callbacks.command('resend-jobs').summary(t('resends of many deliveries', 'повторная отправка многих доставок'));
  const add = jobs
    .command('add')
    .summary(t('count what fits; it is sent when started', 'подсчитать подходящее; отправка после start'))
    .addOption(new Option('--mode <mode>', t('what to send', 'что отправить')).choices(RESEND_MODES).default('auto'))
    .option('--rate <number>', t('deliveries a second', 'доставок в секунду'), wholeNumber(t, 1, 1_000), DEFAULT_RATE);
  withExamples(withFilter(add, t), t, 'resend-jobs add --endpoint 3 --from 2026-11-22T00:00:00Z').action((options) =>
    withPorts(async ({ database, caller, print }) => {
      const { mode, rate } = options;
      const job = await database.transaction((tx) => addResendJob(tx, caller, { filter: filterOf(options), mode, rate }));
      print(
        t(
          `job ${job.id} is counting; next: vestnik callbacks resend-jobs show ${job.id}`,
          `задание ${job.id} считает; далее: vestnik callbacks resend-jobs show ${job.id}`,
        ),
      );
    }),
  );
  withJson(jobs.command('list').summary(t('resend jobs, the newest first', 'задания, сначала новые')), t).action((options) =>
    withPorts(async ({ database, caller, print }) => {
      const page = await listResendJobs(database.work, caller, { limit: 100 });
      print(options.json ? toJson(page) : renderJobs(page.items, t));
    }),
  );
  withJson(jobs.command('show').summary(t('one job', 'одно задание')).argument('<id>', '', identifier(t)), t).action(
    (id: number, options) =>
      withPorts(async ({ database, caller, print }) => {
        const job = await showResendJob(database.work, caller, id);
        print(options.json ? toJson(job) : renderJobs([job], t));
      }),
  );
  const words: Readonly<Record<ResendJobAct, string>> = {
    start: t('start sending', 'начать отправку'),
    pause: t('pause', 'приостановить'),
    resume: t('resume', 'продолжить'),
    cancel: t('cancel; what was sent stays sent', 'отменить; отправленное остаётся'),
  };
  for (const act of RESEND_JOB_ACTS)
    jobs
      .command(act)
      .summary(words[act])
      .argument('<id>', '', identifier(t))
      .action((id: number) =>
        withPorts(async ({ database, caller, print }) => {
          const job = await database.transaction((tx) => actOnResendJob(tx, caller, { id, act }));
          print(renderJobs([job], t));
        }),
      );
}

/** `vestnik callbacks deliveries ...`, `resend-jobs ...` and `health` */
export function addDeliveryCommands(callbacks: Command, making: Making): void {
  const { t, withPorts } = making;
  const deliveries = callbacks.command('deliveries').summary(t('the log of deliveries', 'журнал доставок'));
  addReading(deliveries, making);
  addActing(deliveries, making);
  addJobs(callbacks, making);
  withJson(callbacks.command('health').summary(t('how endpoints fare', 'состояние получателей')), t).action((options) =>
    withPorts(async ({ database, caller, print }) => {
      const page = await listHealth(database.work, caller, { limit: 1_000 });
      print(options.json ? toJson(page) : renderHealth(page.items, t));
    }),
  );
}
