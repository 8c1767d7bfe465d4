import { type Command, Option } from 'commander';
import { gather, wholeNumber } from '../../core/terminal/arguments.ts';
import { renderFields, renderTable } from '../../core/terminal/table.ts';
import { type Making, type Translate, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { addClient } from '../add-client.ts';
import { buildBundle, connectOf } from '../build-bundle.ts';
import { changeClient } from '../change-client.ts';
import { changeClientState } from '../change-client-state.ts';
import { CLIENT_STATES, type ClientAct, type ClientChange } from '../client.ts';
import { type ClientSummary, listClients } from '../list-clients.ts';
import type { ClientState, Subscription } from '../routing.ts';
import { type ClientDetails, showClient } from '../show-client.ts';
import { conditionsOf, subscribeClient, unsubscribeClient } from '../subscribe-client.ts';
import { ageDays, readRequest } from './arguments.ts';
import { describeSubscription, subscriptionOf, withConditions } from './conditions.ts';
import { writePrivateFile } from './private-file.ts';

const stateWord = (t: Translate, state: ClientState): string =>
  ({ active: t('active', 'активен'), held: t('held', 'приостановлен'), closed: t('closed', 'закрыт') })[state];

const queuedText = ({ queued, queuedExact }: ClientSummary): string => (queuedExact ? String(queued) : `>${queued}`);

function renderClients(clients: readonly ClientSummary[], t: Translate): string {
  if (clients.length === 0)
    return t('no clients; add one: vestnik tickets client add', 'клиентов нет; добавить: vestnik tickets client add');
  const titles = [
    t('NAME', 'ИМЯ'),
    t('TITLE', 'НАЗВАНИЕ'),
    t('STATE', 'СОСТОЯНИЕ'),
    t('CONNECTED SINCE', 'НА СВЯЗИ С'),
    t('QUEUED', 'В ОЧЕРЕДИ'),
    t('OLDEST', 'СТАРШЕЕ'),
    t('DELIVERED', 'ВЫДАЧА'),
    t('CERT DAYS', 'СЕРТ. ДНЕЙ'),
  ];
  return renderTable(
    titles,
    clients.map((client) => [
      client.name,
      client.title,
      stateWord(t, client.state),
      client.connectedSince,
      queuedText(client),
      client.oldest,
      client.deliveredAt,
      client.certificateDaysLeft,
    ]),
  );
}

function renderClient(client: ClientDetails, t: Translate): string {
  const none = t('none', 'нет');
  const fields = renderFields([
    [t('name', 'имя'), client.name],
    [t('title', 'название'), client.title],
    [t('state', 'состояние'), stateWord(t, client.state) + (client.stateReason === null ? '' : ` (${client.stateReason})`)],
    [t('contacts', 'контакты'), client.contacts.join(', ')],
    [t('connected since', 'на связи с'), client.connectedSince],
    [t('from', 'адрес'), client.address],
    [t('program', 'программа'), client.program],
    [t('storage', 'хранилище'), typeof client.report?.['storage'] === 'string' ? client.report['storage'] : null],
    [t('queued', 'в очереди'), queuedText(client)],
    [t('oldest', 'старшее'), client.oldest],
    [t('last delivery', 'последняя выдача'), client.deliveredAt],
    [t('may replay itself', 'может повторять сам'), client.selfReplay],
    [t('warned by age, days', 'предупреждать по возрасту, дней'), client.warnAgeDays?.join(', ') ?? t('as configured', 'по настройке')],
    [t('warned by length', 'предупреждать по длине'), client.warnQueued ?? t('as configured', 'по настройке')],
    [t('version', 'версия'), client.version],
  ]);
  const subscriptions = client.subscriptions.map((row) => [row.subscriptionId, describeSubscription(row, t)] as const);
  const certificates = client.certificates.map(
    (row) => [row.serial, row.state, row.issuedAt, row.notAfter, row.issuedBy, row.reason] as const,
  );
  const titles = [
    t('SERIAL', 'НОМЕР'),
    t('STATE', 'СОСТОЯНИЕ'),
    t('ISSUED', 'ВЫДАН'),
    t('UNTIL', 'ДО'),
    t('BY', 'КЕМ'),
    t('REVOKED BECAUSE', 'ОТОЗВАН: ПРИЧИНА'),
  ];
  return [
    fields,
    '',
    `${t('Subscriptions', 'Подписки')}:${subscriptions.length === 0 ? ` ${none}` : ''}`,
    ...(subscriptions.length > 0 ? [renderTable([t('ID', 'N'), t('CONDITIONS', 'УСЛОВИЯ')], subscriptions)] : []),
    '',
    `${t('Certificates', 'Сертификаты')}:${certificates.length === 0 ? ` ${none}` : ''}`,
    ...(certificates.length > 0 ? [renderTable(titles, certificates)] : []),
  ].join('\n');
}

function addAdd(client: Command, { t, withPorts }: Making): void {
  const command = client
    .command('add <name>')
    .summary(t('add a client and write its kit', 'добавить клиента и записать его комплект'))
    .description(
      t(
        'Adds a client, issues its first certificate and writes the zip for the agency: ca.crt, <name>.pem, Stat_Client.conf. The key is in the zip and nowhere else: send it safely and delete it.',
        'Добавляет клиента, выпускает первый сертификат и записывает архив для агентства: ca.crt, <имя>.pem, Stat_Client.conf. Ключ есть только в архиве: передайте его безопасным путём и удалите.',
      ),
    )
    .requiredOption('--title <title>', t('full name of the party', 'полное название'))
    .requiredOption('--out <file>', t('the zip file to write; it must not exist', 'файл архива; не должен существовать'))
    .option('--contact <email>', t('e-mail address; repeat for several', 'адрес почты; для нескольких повторить'), gather)
    .option('--self-replay', t('the client may ask for replays itself', 'клиент может запрашивать повторы сам'))
    .option('--csr <file>', t('certificate request: the client keeps its own key', 'запрос сертификата: ключ остаётся у клиента'))
    .option(
      '--days <days>',
      t('days of validity (default: tickets.clientDays)', 'срок сертификата в днях (по умолчанию tickets.clientDays)'),
      wholeNumber(t, 1, 1_825),
    )
    .option(
      '--connect <address>',
      t(
        'host:port for Stat_Client.conf (default: tickets.feedAddress)',
        'узел:порт для Stat_Client.conf (по умолчанию tickets.feedAddress)',
      ),
    );
  withExamples(
    withJson(withConditions(command, t), t),
    t,
    'client add agency-17 --title "Veter Travel" --agency 17МОВ --out agency-17.zip',
    'client add s7 --title "S7 Airlines" --carrier S7 --type EMD --type ETICKET --out s7.zip',
    'client add audit --title "Audit" --everything --csr audit.csr --out audit.zip',
  ).action((name: string, options) =>
    withPorts(async ({ database, authority, configuration, caller, print }) => {
      const csrPem = await readRequest(options.csr);
      const subscription = subscriptionOf(options);
      const { tickets } = configuration;
      const input = {
        name,
        title: options.title,
        contacts: options.contact ?? [],
        selfReplay: options.selfReplay === true,
        subscriptions: subscription === undefined ? [] : [subscription],
      };
      const bundle = await writePrivateFile(options.out, (write) =>
        database.transaction(async (tx) => {
          await addClient(tx, caller, input);
          const connect = options.connect ?? connectOf(tickets);
          const made = await buildBundle(tx, caller, authority, {
            client: name,
            days: options.days ?? tickets.clientDays,
            csrPem,
            connect,
          });
          await write(made.zip);
          return made;
        }),
      );
      if (options.json) return print(toJson({ client: name, file: options.out, serial: bundle.serial, notAfter: bundle.notAfter }));
      print(t(`client ${name} added; its kit is ${options.out}`, `клиент ${name} добавлен; комплект: ${options.out}`));
      print(
        t(
          `certificate ${bundle.serial}, valid until ${bundle.notAfter}`,
          `сертификат ${bundle.serial}, действителен до ${bundle.notAfter}`,
        ),
      );
      if (subscription === undefined) {
        const next = `vestnik tickets client subscribe ${name} --agency ...`;
        print(t(`it receives nothing yet: ${next}`, `пока он ничего не получает: ${next}`));
      }
    }),
  );
}

function addList(client: Command, { t, withPorts }: Making): void {
  withJson(
    client
      .command('list')
      .summary(t('list clients', 'список клиентов'))
      .addOption(new Option('--state <state>', t('only clients of a state', 'только в этом состоянии')).choices(CLIENT_STATES))
      .option('--search <text>', t('text in name or title', 'текст в имени или названии'))
      .option('--after <name>', t('begin after this name', 'начать после этого имени'))
      .option('--limit <rows>', t('rows, at most 1000', 'строк, не больше 1000'), wholeNumber(t, 1, 1_000), 100),
    t,
  ).action((options) =>
    withPorts(async ({ database, print }) => {
      const page = await listClients(database.queue, {
        state: options.state,
        q: options.search,
        after: options.after,
        limit: options.limit,
      });
      if (options.json) return print(toJson(page));
      print(renderClients(page.items, t));
      if (page.next !== null) print(t(`more: --after ${page.next}`, `далее: --after ${page.next}`));
    }),
  );
  withJson(client.command('show <name>').summary(t('show a client', 'показать клиента')), t).action((name: string, options) =>
    withPorts(async ({ database, print }) => {
      const found = await showClient(database, name);
      print(options.json ? toJson(found) : renderClient(found, t));
    }),
  );
}

/** Fields that `client set` names; an empty list clears the contacts. */
function changeOf(options: Record<string, unknown>): ClientChange {
  const contacts = options['contacts'] === false ? [] : options['contact'];
  const given = {
    title: options['title'],
    contacts,
    selfReplay: options['selfReplay'],
    // The library takes a reader's null for no value at all.
    warnAgeDays: options['warnAge'] === 'default' ? null : options['warnAge'],
    warnQueued: options['warnQueued'] === 'default' ? null : options['warnQueued'],
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as ClientChange;
}

function addSet(client: Command, { t, withPorts }: Making): void {
  const number = wholeNumber(t, 1, 100_000_000);
  const command = client
    .command('set <name>')
    .summary(t('change a client', 'изменить клиента'))
    .option('--title <title>', t('full name of the party', 'полное название'))
    .option(
      '--contact <email>',
      t('e-mail addresses, all of them; repeat for several', 'адреса почты, все; для нескольких повторить'),
      gather,
    )
    .option('--no-contacts', t('no e-mail addresses', 'без адресов почты'))
    .option('--self-replay', t('the client may ask for replays itself', 'клиент может запрашивать повторы сам'))
    .option('--no-self-replay', t('it may not', 'не может'))
    .option(
      '--warn-age <days>',
      t(
        'warn when the oldest message is so old: 1,7,20; none; default',
        'предупреждать о возрасте старшего сообщения: 1,7,20; none; default',
      ),
      ageDays(t),
    )
    .option('--warn-queued <messages>', t('warn when so many wait; default', 'предупреждать о длине очереди; default'), (text: string) =>
      text === 'default' ? text : number(text),
    );
  withExamples(
    withJson(command, t),
    t,
    'client set agency-17 --contact desk@veter.example',
    'client set agency-17 --warn-age 1,3 --warn-queued 500',
  ).action((name: string, options) =>
    withPorts(async ({ database, caller, print }) => {
      const before = await showClient(database, name);
      const changed = await database.transaction((tx) => changeClient(tx, caller, { client: name, change: changeOf(options) }));
      if (options.json) return print(toJson(await showClient(database, name)));
      const same = changed.version === before.version;
      print(same ? t('nothing to change', 'менять нечего') : t(`client ${name} changed`, `клиент ${name} изменён`));
    }),
  );
}

function addSubscriptions(client: Command, { t, withPorts }: Making): void {
  withExamples(
    withJson(withConditions(client.command('subscribe <name>').summary(t('add a subscription', 'добавить подписку')), t), t),
    t,
    'client subscribe agency-17 --agency 17МОВ --agency 17MOV',
    'client subscribe s7 --carrier S7 --carrier-scope any --kind refund',
    'client subscribe audit --everything',
  ).action((name: string, options) =>
    withPorts(async ({ database, caller, print }) => {
      const subscription: Subscription = subscriptionOf(options) ?? {};
      const row = await database.transaction((tx) => subscribeClient(tx, caller, { client: name, subscription }));
      if (options.json) return print(toJson({ subscriptionId: row.subscriptionId, ...conditionsOf(row) }));
      const text = describeSubscription(conditionsOf(row), t);
      print(t(`subscription ${row.subscriptionId} added: ${text}`, `подписка ${row.subscriptionId} добавлена: ${text}`));
    }),
  );
  const command = client
    .command('unsubscribe <name>')
    .summary(t('take subscriptions away', 'удалить подписки'))
    .option(
      '--id <number>',
      t('number of the subscription; repeat for several', 'номер подписки; для нескольких повторить'),
      (text: string, before: number[] | undefined) => [...(before ?? []), wholeNumber(t, 1, Number.MAX_SAFE_INTEGER)(text)],
    )
    .option('--all', t('all of them', 'все'));
  withExamples(command, t, 'client unsubscribe agency-17 --id 3', 'client unsubscribe agency-17 --all').action(
    (name: string, options, made: Command) => {
      if ((options.id === undefined) === (options.all === undefined))
        made.error(`error: ${t('give --id or --all', 'укажите --id или --all')}`);
      return withPorts(async ({ database, caller, print }) => {
        const gone = await database.transaction((tx) =>
          unsubscribeClient(tx, caller, { client: name, subscriptionIds: options.all ? 'all' : options.id }),
        );
        print(t(`subscriptions taken away: ${gone.length}`, `удалено подписок: ${gone.length}`));
      });
    },
  );
}

function addStates(client: Command, { t, withPorts }: Making): void {
  const acts: Readonly<Record<ClientAct, readonly [summary: string, done: string]>> = {
    hold: [t('hold deliveries: messages gather', 'приостановить выдачу: сообщения копятся'), t('is held', 'приостановлен')],
    release: [t('release a held client', 'возобновить выдачу'), t('is released', 'снова активен')],
    close: [t('close a client: nothing new is queued', 'закрыть клиента: новое не ставится в очередь'), t('is closed', 'закрыт')],
    open: [t('open a closed client', 'открыть закрытого клиента'), t('is open', 'открыт')],
  };
  for (const act of Object.keys(acts) as ClientAct[]) {
    const [summary, done] = acts[act];
    const why = new Option('--reason <text>', t('why; kept in the audit', 'причина; остаётся в журнале аудита')).makeOptionMandatory(
      act === 'hold',
    );
    const command = client.command(`${act} <name>`).summary(summary).description(summary).addOption(why);
    withExamples(command, t, `client ${act} agency-17${act === 'hold' ? ' --reason "moving to a new computer"' : ''}`).action(
      (name: string, options) =>
        withPorts(async ({ database, caller, print }) => {
          await database.transaction((tx) => changeClientState(tx, caller, { client: name, act, reason: options.reason }));
          print(`${t('client', 'клиент')} ${name} ${done}`);
        }),
    );
  }
}

/** `vestnik tickets client ...` but its certificates. */
export function addClientCommands(client: Command, making: Making): void {
  addAdd(client, making);
  addList(client, making);
  addSet(client, making);
  addSubscriptions(client, making);
  addStates(client, making);
}
