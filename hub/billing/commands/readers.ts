import type { Command } from 'commander';
import { readablePassword } from '../../core/identity/password.ts';
import type { CommandPorts } from '../../core/module.ts';
import { wholeNumber } from '../../core/terminal/arguments.ts';
import { renderFields, renderTable } from '../../core/terminal/table.ts';
import { type Making, type Translate, toJson, withExamples, withJson } from '../../core/terminal/words.ts';
import { ROLE_OF, type RoleKind } from '../database-roles.ts';
import { listDatabaseRoles } from '../list-database-roles.ts';
import { endRoleSessions, removeDatabaseRole } from '../remove-database-role.ts';
import { addDatabaseRole, changeRolePassword } from '../save-database-role.ts';
import { scramVerifier } from '../scram-verifier.ts';
import { connectionUrl, readerConnection } from './reader-connection.ts';

const MOST_CONNECTIONS = 1_000;
const MOST_SECONDS = 86_400;

/** What a program needs to connect; `password` undefined: it has one that the hub does not know. */
function connectionText(
  { configuration }: Pick<CommandPorts, 'configuration'>,
  user: string,
  password: string | undefined,
  t: Translate,
): string {
  const place = readerConnection(configuration);
  const secret = renderFields([
    [t('user', 'пользователь'), user],
    ...(password === undefined ? [] : [[t('password, shown once', 'пароль, показывается один раз'), password] as [string, string]]),
  ]);
  if (!place)
    return `${secret}\n${t(
      'The embedded database listens for nobody else: set database.readerPort (5432) and restart the hub.',
      'Встроенная база данных никого больше не слушает: задайте database.readerPort (5432) и перезапустите сервер.',
    )}`;
  const fields = renderFields([
    [t('host', 'хост'), place.host],
    [t('port', 'порт'), place.port],
    [t('database', 'база данных'), place.database],
  ]);
  return `${fields}\n${secret}\n${connectionUrl(place, user, password)}`;
}

const kindText = (kind: RoleKind, t: Translate): string =>
  kind === 'writer' ? t('reads, writes quietly', 'чтение и тихая запись') : t('reads', 'чтение');

async function tellSessions(ports: CommandPorts, name: string, pids: readonly number[], t: Translate): Promise<void> {
  if (await endRoleSessions(ports.database, name, pids)) return;
  ports.print(
    t(
      `${pids.length} open connections of it last until their program closes them: the hub's user may not end them`,
      `открытые соединения (${pids.length}) останутся, пока их не закроет программа: пользователь сервера не может их завершить`,
    ),
  );
}

/** `vestnik billing readers ...`: roles of the database for programs that go past the server. */
export function addReaderCommands(billing: Command, { t, withPorts }: Making): void {
  const readers = billing
    .command('readers')
    .summary(t('programs that read the database itself', 'программы, читающие саму базу данных'))
    .description(
      t(
        'Roles of the database that read the views of billing_read and, if asked for, write those of billing_quiet (docs/billing-database.md). The server does not react to what they write.',
        'Роли базы данных, которые читают представления billing_read и, если нужно, пишут в представления billing_quiet (docs/billing-database.ru.md). Сервер не реагирует на такую запись.',
      ),
    );

  withExamples(
    readers
      .command('add [name]')
      .summary(t('make a role, or renew its grants and limits', 'создать роль или обновить её права и пределы'))
      .description(
        t(
          `Without a name it is ${ROLE_OF.reader}, or ${ROLE_OF.writer} with --quiet-writes. A role that is there keeps its password.`,
          `Без имени это ${ROLE_OF.reader}, а с --quiet-writes — ${ROLE_OF.writer}. Пароль существующей роли не меняется.`,
        ),
      )
      .option('--quiet-writes', t('may also write the views of billing_quiet', 'может и писать в представления billing_quiet'))
      .option(
        '--connections <number>',
        t('at once (default: billing.readerConnections)', 'одновременно (по умолчанию billing.readerConnections)'),
        wholeNumber(t, 1, MOST_CONNECTIONS),
      )
      .option(
        '--seconds <number>',
        t('of a statement (default: billing.readerSeconds)', 'на один запрос (по умолчанию billing.readerSeconds)'),
        wholeNumber(t, 1, MOST_SECONDS),
      ),
    t,
    'readers add crm',
    'readers add portal --quiet-writes --connections 3',
  ).action((given: string | undefined, options: { quietWrites?: boolean; connections?: number; seconds?: number }) =>
    withPorts(async (ports) => {
      const kind: RoleKind = options.quietWrites ? 'writer' : 'reader';
      const name = given ?? ROLE_OF[kind];
      const { readerConnections, readerSeconds } = ports.configuration.billing;
      const limits = { connections: options.connections ?? readerConnections, seconds: options.seconds ?? readerSeconds };
      const password = readablePassword();
      const verifier = await scramVerifier(password);
      const fresh = await ports.database.transaction((tx) => addDatabaseRole(tx, ports.caller, { name, kind, limits, verifier }));
      ports.print(`${fresh ? t('made', 'создана роль') : t('renewed', 'обновлена роль')} ${name}: ${kindText(kind, t)}`);
      ports.print(connectionText(ports, name, fresh ? password : undefined, t));
    }),
  );

  withExamples(withJson(readers.command('list').summary(t('list the roles', 'список ролей')), t), t, 'readers list').action(
    (options: { json?: boolean }) =>
      withPorts(async ({ database, print }) => {
        const rows = await listDatabaseRoles(database.work);
        if (options.json) return print(toJson(rows));
        print(
          renderTable(
            [
              t('ROLE', 'РОЛЬ'),
              t('MAY', 'ПРАВА'),
              t('LOGIN', 'ВХОД'),
              t('CONNECTED', 'СОЕДИНЕНИЙ'),
              t('AT MOST', 'ПРЕДЕЛ'),
              t('STATEMENT', 'ЗАПРОС'),
            ],
            rows.map((row) => [
              row.name,
              kindText(row.kind, t),
              row.login ? t('yes', 'да') : t('no', 'нет'),
              row.open,
              row.connections ?? '-',
              row.statementTimeout ?? '-',
            ]),
          ),
        );
      }),
  );

  withExamples(
    readers
      .command('password <name>')
      .summary(t('give a new password; ends its connections', 'задать новый пароль; соединения завершаются')),
    t,
    'readers password crm',
  ).action((name: string) =>
    withPorts(async (ports) => {
      const password = readablePassword();
      const verifier = await scramVerifier(password);
      const pids = await ports.database.transaction((tx) => changeRolePassword(tx, ports.caller, name, verifier));
      ports.print(connectionText(ports, name, password, t));
      await tellSessions(ports, name, pids, t);
    }),
  );

  withExamples(
    readers.command('remove <name>').summary(t('remove a role; ends its connections', 'удалить роль; соединения завершаются')),
    t,
    'readers remove crm',
  ).action((name: string) =>
    withPorts(async (ports) => {
      const pids = await ports.database.transaction((tx) => removeDatabaseRole(tx, ports.caller, name));
      ports.print(`${t('removed', 'удалена роль')} ${name}`);
      await tellSessions(ports, name, pids, t);
    }),
  );
}
