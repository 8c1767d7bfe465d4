import { type Command, Option } from 'commander';
import { gather, identifier, wholeNumber } from '../../core/terminal/arguments.ts';
import { renderFields, renderTable } from '../../core/terminal/table.ts';
import { type Making, type Translate, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { ALLOW_STATES, type AllowAct, type AllowState } from '../allowed-address.ts';
import { changeAllowState } from '../change-allow-state.ts';
import { addAllowEntry, createAllowRequest } from '../create-allow-request.ts';
import { createAddressPolicy } from '../guard/address-policy.ts';
import { listAllows, type ShownAllow, showAllow, shownAllow } from '../list-allow-entries.ts';
import { createOwnAddresses } from '../wire/own-addresses.ts';

const stateWord = (t: Translate, state: AllowState): string =>
  ({
    requested: t('requested', 'запрошен'),
    forwarded: t('forwarded', 'передан'),
    approved: t('approved', 'утверждён'),
    rejected: t('rejected', 'отклонён'),
    revoked: t('revoked', 'отозван'),
    expired: t('expired', 'истёк'),
  })[state];

const organizationsOf = (t: Translate, { organizations }: ShownAllow): string =>
  organizations.length === 0 ? t('all', 'все') : organizations.join(', ');

function renderAllows(items: readonly ShownAllow[], t: Translate): string {
  if (items.length === 0)
    return t('the list is empty; add an address: vestnik callbacks allow add', 'список пуст; добавить адрес: vestnik callbacks allow add');
  return renderTable(
    [
      t('ID', 'N'),
      t('STATE', 'СОСТОЯНИЕ'),
      t('ADDRESS', 'АДРЕС'),
      t('ORGANIZATIONS', 'ОРГАНИЗАЦИИ'),
      t('UNTIL', 'ДО'),
      t('ASKED BY', 'ЗАПРОСИЛ'),
      t('REASON', 'ПРИЧИНА'),
    ],
    items.map((item) => [
      item.allow_id,
      stateWord(t, item.state),
      item.readable,
      organizationsOf(t, item),
      item.valid_until,
      item.created_by,
      item.reason,
    ]),
  );
}

function renderAllow(item: ShownAllow, t: Translate): string {
  return renderFields([
    [t('address', 'адрес'), item.address],
    [t('in letters', 'в буквах'), item.readable],
    [t('state', 'состояние'), stateWord(t, item.state)],
    [t('organizations', 'организации'), organizationsOf(t, item)],
    [t('private networks', 'частные сети'), item.networks.join(', ')],
    [t('valid until', 'действует до'), item.valid_until],
    [t('reason', 'причина'), item.reason],
    [t('asked by', 'запросил'), item.created_by],
    [t('forwarded by', 'передал'), item.forwarded_by],
    [t('approved by', 'утвердил'), item.approved_by],
    [t('last step by', 'последний шаг'), item.step_by],
    [t('why', 'почему'), item.step_reason],
    [t('proof of ownership at', 'подтверждение владения по адресу'), item.proof?.url],
    [t('token to serve there', 'токен для размещения'), item.proof?.token],
    [t('proven', 'подтверждено'), item.proof?.proven_at],
    [t('version', 'версия'), item.version],
  ]);
}

/** What an address is added or asked for with. */
const withAddress = (command: Command, t: Translate): Command =>
  command
    .requiredOption('--reason <text>', t('what it is for; kept in the audit', 'для чего; остаётся в журнале аудита'))
    .option(
      '--organization <id>',
      t('whose endpoints may use it; repeat for several (default: all)', 'чьи получатели; для нескольких повторить (по умолчанию все)'),
      gather,
    )
    .option(
      '--network <cidr>',
      t('private network in which the host may lie; repeat for several', 'частная сеть, где может быть узел; для нескольких повторить'),
      gather,
    )
    .option('--until <instant>', t('valid until, RFC 3339 (default: revoked)', 'действует до, RFC 3339 (по умолчанию до отзыва)'));

const inputOf = (address: string, options: Record<string, unknown>) => ({
  address,
  reason: options['reason'],
  organizations: ((options['organization'] as string[] | undefined) ?? []).map(Number),
  networks: options['network'] ?? [],
  valid_until: options['until'] ?? null,
});

function addMaking(allow: Command, { t, withPorts }: Making): void {
  const ways = [
    {
      name: 'add',
      make: addAllowEntry,
      summary: t('put an address on the list at once', 'добавить адрес в список сразу'),
      done: t('is on the allow-list', 'добавлен в белый список'),
    },
    {
      name: 'request',
      make: createAllowRequest,
      summary: t('ask for an address; another operator approves', 'запросить адрес; утверждает другой оператор'),
      done: t('is requested', 'запрошен'),
    },
  ];
  for (const { name, make, summary, done } of ways) {
    const command = withAddress(allow.command(`${name} <address>`).summary(summary), t);
    withExamples(
      withJson(command, t),
      t,
      `allow ${name} https://sap.client.example/in --reason "SAP of the client" --organization 12`,
      `allow ${name} "https://*.client.example" --reason "all systems of the client"`,
    ).action((address: string, options) =>
      withPorts(async ({ configuration, database, caller, print }) => {
        const policy = createAddressPolicy(configuration.callbacks, createOwnAddresses());
        const shown = shownAllow(await database.transaction((tx) => make(tx, caller, policy, inputOf(address, options))));
        print(options.json ? toJson(shown) : `${shown.address} ${done}: ${t('entry', 'запись')} ${shown.allow_id}`);
      }),
    );
  }
}

function addReading(allow: Command, { t, withPorts }: Making): void {
  const list = allow
    .command('list')
    .summary(t('the allow-list and the requests for it', 'белый список и запросы'))
    .addOption(
      new Option(
        '--state <state>',
        t(
          'only in this state (default: requested, forwarded, approved)',
          'только в этом состоянии (по умолчанию requested, forwarded, approved)',
        ),
      ).choices(ALLOW_STATES),
    )
    .option('--host <text>', t('part of the host', 'часть имени узла'))
    .option('--after <cursor>', t('the next page', 'следующая страница'))
    .option('--limit <rows>', t('rows, at most 1000', 'строк, не больше 1000'), wholeNumber(t, 1, 1_000), 100);
  withExamples(withJson(list, t), t, 'allow list', 'allow list --state forwarded').action((options) =>
    withPorts(async ({ database, caller, print }) => {
      const states = options.state === undefined ? (['requested', 'forwarded', 'approved'] as const) : [options.state];
      const page = await listAllows(database.work, caller, {
        states,
        host: options.host,
        after: options.after,
        limit: options.limit,
      });
      if (options.json) return print(toJson(page));
      print(renderAllows(page.items, t));
      if (page.next !== null) print(t(`more: --after ${page.next}`, `далее: --after ${page.next}`));
    }),
  );
  withJson(
    allow
      .command('show')
      .argument('<id>', t('number of the entry', 'номер записи'), identifier(t))
      .summary(t('one entry or request', 'одна запись или запрос')),
    t,
  ).action((id: number, options) =>
    withPorts(async ({ database, caller, print }) => {
      const shown = await showAllow(database.work, caller, id);
      print(options.json ? toJson(shown) : renderAllow(shown, t));
    }),
  );
}

function addActs(allow: Command, { t, withPorts }: Making): void {
  const acts: Readonly<Record<AllowAct, { readonly summary: string; readonly needsReason: boolean }>> = {
    forward: { summary: t('hand a request on to support', 'передать запрос службе поддержки'), needsReason: false },
    approve: { summary: t('allow the address of a request', 'разрешить адрес запроса'), needsReason: false },
    reject: { summary: t('refuse a request', 'отклонить запрос'), needsReason: true },
    revoke: {
      summary: t('take an address off the list; in force within 5 s', 'отозвать адрес; действует в течение 5 с'),
      needsReason: true,
    },
  };
  for (const act of Object.keys(acts) as AllowAct[]) {
    const { summary, needsReason } = acts[act];
    const reason = new Option('--reason <text>', t('why; kept in the audit', 'причина; остаётся в журнале аудита')).makeOptionMandatory(
      needsReason,
    );
    const command = allow
      .command(act)
      .argument('<id>', t('number of the entry', 'номер записи'), identifier(t))
      .summary(summary)
      .addOption(reason);
    withExamples(withJson(command, t), t, needsReason ? `allow ${act} 7 --reason "the contract has ended"` : `allow ${act} 7`).action(
      (id: number, options) =>
        withPorts(async ({ database, caller, print }) => {
          const shown = shownAllow(await database.transaction((tx) => changeAllowState(tx, caller, { id, act, reason: options.reason })));
          print(options.json ? toJson(shown) : `${shown.address}: ${stateWord(t, shown.state)}`);
        }),
    );
  }
}

/** `vestnik callbacks allow ...` (spec 6.5). */
export function addAllowCommands(callbacks: Command, making: Making): void {
  const { t } = making;
  const allow = callbacks.command('allow').summary(t('addresses that may receive callbacks', 'адреса, которые могут получать коллбэки'));
  allow.description(
    t(
      'The allow-list: what is not on it is never called. Clients ask, agents forward, support approves; on this command line you do all of it.',
      'Белый список: чего в нём нет, то не вызывается. Клиент запрашивает, агент передаёт, поддержка утверждает; в командной строке доступно всё.',
    ),
  );
  addMaking(allow, making);
  addReading(allow, making);
  addActs(allow, making);
}
