import { type Command, Option } from 'commander';
import { validate } from '../../core/http/validate.ts';
import type { CommandPorts } from '../../core/module.ts';
import { identifier, wholeNumber } from '../../core/terminal/arguments.ts';
import { renderTable } from '../../core/terminal/table.ts';
import { type Making, type Translate, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { addBin } from '../add-bin.ts';
import { BIN_ANSWER_TYPES, type BinChange, binChange, newBinInput } from '../bin.ts';
import { binBase } from '../bin-address.ts';
import { changeBin } from '../change-bin.ts';
import { deleteBin, emptyBin } from '../delete-bin.ts';
import { listBins, showBin } from '../list-bins.ts';
import type { BinPorts, BinView } from '../load-bin.ts';
import { listBinRequests, showBinRequest } from '../show-bin-request.ts';
import { safeText } from './safe-text.ts';

const portsOf = ({ configuration }: CommandPorts): BinPorts => ({
  binBase: binBase(configuration),
  binDays: configuration.callbacks.binDays,
});

/** What a bin answers, as options; what is left out stays as it is. */
const withAnswer = (command: Command, t: Translate): Command =>
  command
    .option('--status <code>', t('HTTP status that it answers', 'код HTTP, которым он отвечает'), wholeNumber(t, 200, 599))
    .option('--delay <seconds>', t('seconds before it answers, 0 to 30', 'секунд до ответа, от 0 до 30'), Number)
    .option('--body <text>', t('text of the answer', 'текст ответа'))
    .addOption(new Option('--content-type <type>', t('of the answer', 'тип ответа')).choices(BIN_ANSWER_TYPES))
    .option('--retry-after <seconds>', t('header Retry-After', 'заголовок Retry-After'), wholeNumber(t, 0, 86_400))
    .option('--close', t('close the connection instead of answering', 'закрывать соединение вместо ответа'))
    .option('--no-close', t('answer', 'отвечать'));

function answerOf(options: Readonly<Record<string, unknown>>): NonNullable<BinChange['answer']> {
  const { status, delay, body, contentType: content_type, retryAfter: retry_after, close } = options;
  const given = { status, delay, body, content_type, retry_after, close };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function renderAnswer({ answer }: BinView, t: Translate): string {
  if (answer.close) return t('closes the connection', 'закрывает соединение');
  return answer.delay === 0
    ? String(answer.status)
    : t(`${answer.status} after ${answer.delay} s`, `${answer.status} через ${answer.delay} с`);
}

const renderBins = (bins: readonly BinView[], t: Translate): string =>
  renderTable(
    ['ID', t('NAME', 'ИМЯ'), t('ANSWERS', 'ОТВЕЧАЕТ'), t('REQUESTS', 'ЗАПРОСОВ'), t('LAST', 'ПОСЛЕДНИЙ'), t('ADDRESS', 'АДРЕС')],
    bins.map((bin) => [bin.id, bin.name, renderAnswer(bin, t), bin.kept, bin.last_at ?? '', bin.address]),
  );

function addChanging(bins: Command, { t, withPorts }: Making): void {
  const add = bins
    .command('add')
    .summary(t('add a bin; its address is shown', 'добавить приёмник; показывается его адрес'))
    .option('--name <name>', t('name', 'имя'))
    .option(
      '--organization <id>',
      t('owner, an organization (default: the hub itself)', 'владелец (по умолчанию сам сервер)'),
      identifier(t),
    );
  withExamples(withJson(withAnswer(add, t), t), t, 'bins add --name SAP', 'bins add --status 503 --retry-after 60').action((options) =>
    withPorts(async (ports) => {
      const { database, caller, print } = ports;
      const { name, organization: organization_id } = options;
      const given = { ...(name !== undefined && { name }), ...(organization_id !== undefined && { organization_id }) };
      const input = validate(newBinInput, { ...given, answer: answerOf(options) }, 'body');
      const id = await database.transaction((tx) => addBin(tx, caller, input));
      const bin = await showBin(database.work, caller, portsOf(ports), id);
      print(options.json ? toJson(bin) : t(`request bin ${id}: ${bin.address}`, `приёмник ${id}: ${bin.address}`));
    }),
  );
  const set = bins
    .command('set')
    .summary(t('change what a bin answers from now on', 'изменить ответ приёмника с этого момента'))
    .argument('<id>', '', identifier(t))
    .option('--name <name>', t('name', 'имя'));
  withJson(withAnswer(set, t), t).action((id: number, options) =>
    withPorts(async (ports) => {
      const { database, caller, print } = ports;
      const change = validate(binChange, { ...(options.name !== undefined && { name: options.name }), answer: answerOf(options) }, 'body');
      await database.transaction((tx) => changeBin(tx, caller, portsOf(ports), { id, change }));
      const bin = await showBin(database.work, caller, portsOf(ports), id);
      print(options.json ? toJson(bin) : renderBins([bin], t));
    }),
  );
  const one = (name: string, summary: string): Command => bins.command(name).summary(summary).argument('<id>', '', identifier(t));
  one('empty', t('remove its requests', 'удалить его запросы')).action((id: number) =>
    withPorts(async (ports) => {
      await ports.database.transaction((tx) => emptyBin(tx, ports.caller, portsOf(ports), id));
      ports.print(t(`request bin ${id} is empty`, `приёмник ${id} пуст`));
    }),
  );
  one('delete', t('delete with all that it holds', 'удалить вместе с содержимым')).action((id: number) =>
    withPorts(async (ports) => {
      await ports.database.transaction((tx) => deleteBin(tx, ports.caller, portsOf(ports), id));
      ports.print(t(`request bin ${id} is deleted`, `приёмник ${id} удалён`));
    }),
  );
}

function addReading(bins: Command, { t, withPorts }: Making): void {
  const pages = (command: Command): Command =>
    withJson(
      command
        .option('--after <cursor>', t('continue after a page', 'продолжить после страницы'))
        .option('--limit <rows>', t('rows, at most 1000', 'строк, не больше 1000'), wholeNumber(t, 1, 1_000), 100),
      t,
    );
  const more = (next: string): string => t(`more: --after ${next}`, `далее: --after ${next}`);
  pages(bins.command('list').summary(t('list bins', 'список приёмников'))).action((options) =>
    withPorts(async (ports) => {
      const page = await listBins(ports.database.work, ports.caller, portsOf(ports), options);
      if (options.json) return ports.print(toJson(page));
      ports.print(renderBins(page.items, t));
      if (page.next !== null) ports.print(more(page.next));
    }),
  );
  pages(
    bins
      .command('requests')
      .summary(t('what came, the newest first', 'что пришло, начиная с последнего'))
      .argument('<id>', '', identifier(t)),
  ).action((id: number, options) =>
    withPorts(async (ports) => {
      const page = await listBinRequests(ports.database.work, ports.caller, portsOf(ports), { id, ...options });
      if (options.json) return ports.print(toJson(page));
      const titles = [
        'NO',
        t('RECEIVED', 'ПОЛУЧЕН'),
        t('FROM', 'ОТКУДА'),
        t('METHOD', 'МЕТОД'),
        t('TYPE', 'ТИП'),
        t('BYTES', 'БАЙТ'),
        t('ANSWERED', 'ОТВЕТ'),
      ];
      const closed = t('closed', 'закрыто');
      ports.print(
        renderTable(
          titles,
          page.items.map((row) => [
            row.number,
            row.received_at,
            row.via,
            row.method,
            row.content_type ?? '',
            row.bytes,
            row.answered ?? closed,
          ]),
        ),
      );
      if (page.next !== null) ports.print(more(page.next));
    }),
  );
  withJson(
    bins
      .command('show')
      .summary(t('one request with its headers and body', 'один запрос с заголовками и телом'))
      .argument('<id>', '', identifier(t))
      .argument('<number>', '', identifier(t)),
    t,
  ).action((id: number, number: number, options) =>
    withPorts(async (ports) => {
      const { database, caller, print, secretKey } = ports;
      const request = await database.transaction((tx) => showBinRequest(tx, caller, { ...portsOf(ports), secretKey }, id, number));
      if (options.json) return print(toJson(request));
      print(safeText(`${request.method} ${request.url}`));
      for (const [name, value] of request.headers) print(safeText(`${name}: ${value}`));
      const { body } = request;
      if (body && body.text !== '') print(`\n${safeText(body.pretty ?? body.text)}`);
      if (body?.fault) {
        const { line, column, message } = body.fault;
        print(t(`line ${line}, column ${column}: ${message}`, `строка ${line}, столбец ${column}: ${message}`));
      }
    }),
  );
}

/** `vestnik callbacks bins ...` */
export function addBinCommands(callbacks: Command, making: Making): void {
  const { t } = making;
  const bins = callbacks
    .command('bins')
    .summary(t('request bins: addresses that show what a receiver would get', 'приёмники: адреса, показывающие, что получил бы адресат'));
  addReading(bins, making);
  addChanging(bins, making);
}
