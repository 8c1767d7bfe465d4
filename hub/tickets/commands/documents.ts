import type { Command } from 'commander';
import { HubError } from '../../core/errors.ts';
import { moment, wholeNumber } from '../../core/terminal/arguments.ts';
import { renderFields, renderTable } from '../../core/terminal/table.ts';
import { type Making, type Translate, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { type DocumentView, findDocuments } from '../find-documents.ts';
import { type DocumentDetails, readDocumentXml, showDocument } from '../show-document.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const renderDocuments = (documents: readonly DocumentView[], t: Translate): string =>
  renderTable(
    [
      t('DOCUMENT', 'ДОКУМЕНТ'),
      t('NUMBER', 'НОМЕР'),
      t('TYPE', 'ВИД'),
      t('OP', 'ОП'),
      t('TRANS', 'ТРАНЗ'),
      t('REPLACES', 'ВЗАМЕН'),
      t('BELONGS TO', 'К БИЛЕТУ'),
      t('MADE', 'СОЗДАН'),
      t('CLIENTS', 'КЛИЕНТЫ'),
    ],
    documents.map((d) => [
      d.documentId,
      d.number,
      d.type,
      d.opType,
      d.transType,
      d.exNumber,
      d.toNumber,
      d.createdAt,
      d.clients.join(', '),
    ]),
  );

function renderDocument(document: DocumentDetails, t: Translate): string {
  const { operation } = document;
  const fields = renderFields([
    [t('document', 'документ'), document.documentId],
    [t('number', 'номер'), document.number],
    [t('type', 'вид'), `${document.type} ${document.opType} ${document.transType}`],
    [t('PNR', 'PNR'), document.pnr],
    [t('operation', 'операция'), operation === null ? t('imported', 'загружен') : `${operation.kind} ${operation.source} ${operation.id}`],
    [t('made', 'создан'), document.createdAt],
    [t('bytes', 'байт'), document.bytes],
    ['SHA-256', document.sha256],
    [t('body', 'содержимое'), document.kept ? t('kept', 'хранится') : t('erased', 'стёрто')],
  ]);
  const deliveries = document.deliveries.map((d) => [d.client, d.sequence, d.status, d.replay, d.enqueuedAt, d.finishedAt] as const);
  const titles = [
    t('CLIENT', 'КЛИЕНТ'),
    t('SEQ', 'N'),
    t('STATUS', 'СОСТОЯНИЕ'),
    t('REPLAY', 'ПОВТОР'),
    t('QUEUED', 'В ОЧЕРЕДИ С'),
    t('ENDED', 'ЗАВЕРШЕНО'),
  ];
  return [
    fields,
    '',
    deliveries.length > 0 ? renderTable(titles, deliveries) : t('no client has received it', 'его не получил ни один клиент'),
    '',
    `${t('Chain', 'Цепочка')}:`,
    renderDocuments(document.chain, t),
    ...(document.chainCut ? [t('the chain is longer', 'цепочка длиннее')] : []),
  ].join('\n');
}

/** `vestnik tickets find`, `show`. */
export function addDocumentCommands(tickets: Command, { t, withPorts }: Making): void {
  const find = tickets
    .command('find [number]')
    .summary(t('find documents', 'найти документы'))
    .option('--pnr <pnr>', t('booking reference', 'номер бронирования'))
    .option('--from <time>', t('made at this time or later', 'созданные начиная с этого времени'), moment(t))
    .option('--to <time>', t('made before this time', 'созданные до этого времени'), moment(t))
    .option('--after <document>', t('begin after this one', 'начать после этого'))
    .option('--limit <rows>', t('rows, at most 1000', 'строк, не больше 1000'), wholeNumber(t, 1, 1_000), 100);
  withExamples(withJson(find, t), t, 'find 4214200000002', 'find 421-4200000002', 'find --pnr 0B1V2G --from 2026-11-01').action(
    (number: string | undefined, options) =>
      withPorts(async ({ database, print }) => {
        const { pnr, from, to, after, limit } = options;
        const page = await findDocuments(database.work, { number, pnr, from, to, after, limit });
        if (options.json) return print(toJson(page));
        print(page.items.length > 0 ? renderDocuments(page.items, t) : t('no documents', 'документов нет'));
        if (page.next !== null) print(t(`more: --after ${page.next}`, `далее: --after ${page.next}`));
      }),
  );

  const show = tickets
    .command('show <document>')
    .summary(t('show a document', 'показать документ'))
    .option('--xml', t('print its XML file; the reading is audited', 'вывести файл XML; чтение записывается в журнал аудита'));
  withExamples(withJson(show, t), t, 'show 0199c1d2-6f3a-7c11-9a52-3b1d0c6f8e10', 'show 0199c1d2-6f3a-7c11-9a52-3b1d0c6f8e10 --xml').action(
    (id: string, options) =>
      withPorts(async ({ database, caller, print }) => {
        if (!UUID.test(id))
          throw new HubError('NOT_FOUND', `${id.slice(0, 60)} is not the id of a document; vestnik tickets find shows ids`);
        if (options.xml) {
          const { xml } = await database.transaction((tx) => readDocumentXml(tx, caller, id));
          return print(xml.toString('utf8').trimEnd());
        }
        const document = await showDocument(database.work, id);
        print(options.json ? toJson(document) : renderDocument(document, t));
      }),
  );
}
