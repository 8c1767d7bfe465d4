import type { Command } from 'commander';
import { gather, moment, wholeNumber } from '../../core/terminal/arguments.ts';
import { renderFields, renderTable } from '../../core/terminal/table.ts';
import { type Making, type Translate, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { type ReplaySelection, replayMessages } from '../replay-messages.ts';
import { type HistoryEntry, listHistory, listMailbox, type MailboxEntry, showClient } from '../show-client.ts';
import { withdrawMessage } from '../withdraw-message.ts';
import { sequenceRange } from './arguments.ts';

const HIGHEST = Number.MAX_SAFE_INTEGER;

const renderQueue = (items: readonly MailboxEntry[], t: Translate): string =>
  renderTable(
    [
      t('SEQ', 'N'),
      t('TYPE', 'ВИД'),
      t('OP', 'ОП'),
      t('TRANS', 'ТРАНЗ'),
      t('NUMBER', 'НОМЕР'),
      t('REPLAY', 'ПОВТОР'),
      t('QUEUED', 'В ОЧЕРЕДИ С'),
      t('EXPIRES', 'ИСТЕКАЕТ'),
      t('DOCUMENT', 'ДОКУМЕНТ'),
    ],
    items.map((m) => [m.sequence, m.type, m.opType, m.transType, m.number, m.replay, m.enqueuedAt, m.expiresAt, m.documentId]),
  );

const renderHistory = (items: readonly HistoryEntry[], t: Translate): string =>
  renderTable(
    [
      t('SEQ', 'N'),
      t('OUTCOME', 'ИТОГ'),
      t('AT', 'КОГДА'),
      t('TYPE', 'ВИД'),
      t('NUMBER', 'НОМЕР'),
      t('REPLAY', 'ПОВТОР'),
      t('QUEUED', 'В ОЧЕРЕДИ С'),
      t('DOCUMENT', 'ДОКУМЕНТ'),
    ],
    items.map((m) => [m.sequence, m.outcome, m.finishedAt, m.type, m.number, m.replay, m.enqueuedAt, m.documentId]),
  );

function addMailbox(tickets: Command, { t, withPorts }: Making): void {
  const command = tickets
    .command('mailbox <name>')
    .summary(t('show a mailbox', 'показать очередь клиента'))
    .option('--list', t('list the messages that wait', 'перечислить ожидающие сообщения'))
    .option('--history', t('list the messages that have left, newest first', 'перечислить выданные, новые сначала'))
    .option('--expired', t('list those that expired', 'перечислить истёкшие'))
    .option('--after <sequence>', t('begin after this sequence', 'начать после этого номера'), wholeNumber(t, 0, HIGHEST))
    .option('--limit <rows>', t('rows, at most 1000', 'строк, не больше 1000'), wholeNumber(t, 1, 1_000), 100);
  withExamples(withJson(command, t), t, 'mailbox agency-17', 'mailbox agency-17 --list', 'mailbox agency-17 --expired').action(
    (name: string, options) =>
      withPorts(async ({ database, print }) => {
        const { after, limit, json } = options;
        if (options.list || options.history || options.expired) {
          const queue = options.list ? await listMailbox(database.queue, name, { after, limit }) : undefined;
          const past = queue ? undefined : await listHistory(database.queue, name, { after, limit, expired: options.expired === true });
          if (json) return print(toJson(queue ?? past));
          print(queue ? renderQueue(queue.items, t) : renderHistory(past?.items ?? [], t));
          const next = (queue ?? past)?.next;
          if (next != null) print(t(`more: --after ${next}`, `далее: --after ${next}`));
          return;
        }
        const client = await showClient(database, name);
        const { queued, queuedExact, oldest, deliveredAt, expiredUnseen, state } = client;
        if (json) return print(toJson({ client: name, state, queued, queuedExact, oldest, deliveredAt, expiredUnseen }));
        print(
          renderFields([
            [t('waiting', 'ожидает'), queuedExact ? String(queued) : `>${queued}`],
            [t('oldest', 'старшее'), oldest],
            [t('last delivery', 'последняя выдача'), deliveredAt],
            [t('expired, not seen by the client, up to', 'истекли и не показаны клиенту, до номера'), expiredUnseen || null],
          ]),
        );
      }),
  );
}

function addWithdraw(tickets: Command, { t, withPorts }: Making): void {
  const command = tickets
    .command('withdraw <name>')
    .summary(t('take a message out of a mailbox, undelivered', 'изъять сообщение из очереди без выдачи'))
    .requiredOption('--seq <sequence>', t('sequence of the message', 'номер сообщения'), wholeNumber(t, 1, HIGHEST))
    .requiredOption('--reason <text>', t('why; kept in the audit', 'причина; остаётся в журнале аудита'));
  withExamples(command, t, 'withdraw agency-17 --seq 1042 --reason "sent to the wrong agency"').action((name: string, options) =>
    withPorts(async ({ database, configuration, caller, print }) => {
      const input = { client: name, sequence: options.seq, reason: options.reason, keepDays: configuration.tickets.keepDays };
      const gone = await database.queueTransaction((tx) => withdrawMessage(tx, caller, input));
      print(
        t(
          `message ${gone.sequence} withdrawn, document ${gone.documentId}`,
          `сообщение ${gone.sequence} изъято, документ ${gone.documentId}`,
        ),
      );
    }),
  );
}

interface ReplayOptions {
  readonly id?: string[];
  readonly number?: string[];
  readonly from?: Temporal.Instant;
  readonly to?: Temporal.Instant;
  readonly seq?: { first: number; last: number };
}

/** The one way of choosing that was given; undefined when it is none or several. */
function selectionOf({ id, number, from, to, seq }: ReplayOptions): ReplaySelection | undefined {
  const ways: ReplaySelection[] = [];
  if (id) ways.push({ ids: id });
  if (number) ways.push({ numbers: number });
  if (from) ways.push({ from, to: to ?? Temporal.Now.instant() });
  if (seq) ways.push(seq);
  return ways.length === 1 && (to === undefined || from !== undefined) ? ways[0] : undefined;
}

function addReplay(tickets: Command, { t, withPorts }: Making): void {
  const command = tickets
    .command('replay <name>')
    .summary(t('queue documents again for a client', 'поставить документы клиенту в очередь повторно'))
    .description(
      t(
        'Sends documents again: new messages at the tail, the same bytes. By id and number also documents that this client never got; by period and sequences only its own.',
        'Выдаёт документы повторно: новые сообщения в конце очереди, те же байты. По id и номеру также документы, которых клиент не получал; по периоду и номерам сообщений только его собственные.',
      ),
    )
    .option('--id <id>', t('message or document; repeat for several', 'сообщение или документ; для нескольких повторить'), gather)
    .option('--number <number>', t('document number; repeat for several', 'номер документа; для нескольких повторить'), gather)
    .option('--from <time>', t('queued at this time or later', 'поставленные в очередь начиная с этого времени'), moment(t))
    .option('--to <time>', t('and before this time (default: now)', 'и до этого времени (по умолчанию до настоящего)'), moment(t))
    .option('--seq <range>', t('sequences of messages, A-B', 'номера сообщений, A-B'), sequenceRange(t))
    .option('--dry-run', t('only count', 'только посчитать'));
  withExamples(
    withJson(command, t),
    t,
    'replay agency-17 --from 2026-11-01 --to 2026-11-02 --dry-run',
    'replay agency-17 --number 4214200000002',
    'replay agency-17 --seq 1000-1042',
  ).action((name: string, options, made: Command) => {
    const selection = selectionOf(options);
    if (!selection)
      made.error(
        `error: ${t('choose by one of --id, --number, --from with --to, --seq', 'выберите что-то одно: --id, --number, --from с --to, --seq')}`,
      );
    return withPorts(async ({ database, configuration, caller, print }) => {
      const dryRun = options.dryRun === true;
      const { queueDays } = configuration.tickets;
      const result = await database.transaction((tx) => replayMessages(tx, caller, { client: name, selection, dryRun, queueDays }));
      if (options.json) return print(toJson({ ...result, dryRun }));
      const range = result.first === undefined ? '' : ` (${result.first}-${result.last})`;
      print(
        renderFields([
          [t('found', 'найдено'), result.matched],
          [dryRun ? t('would be queued', 'будет поставлено в очередь') : t('queued', 'поставлено в очередь'), `${result.replayed}${range}`],
          [t('left out: waits already', 'пропущено: уже в очереди'), result.queued],
          [t('left out: body not kept', 'пропущено: содержимое не хранится'), result.withoutBody],
        ]),
      );
    });
  });
}

/** `vestnik tickets mailbox`, `withdraw`, `replay`. */
export function addMailboxCommands(tickets: Command, making: Making): void {
  addMailbox(tickets, making);
  addWithdraw(tickets, making);
  addReplay(tickets, making);
}
