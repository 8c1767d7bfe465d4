import { listDatabaseRoles, listUnreadableViews } from '../../billing/serving.ts';
import type { Configuration } from '../../config.ts';
import type { Database } from '../../core/database/database.ts';
import { run } from '../../core/database/statement.ts';
import type { CommandContext } from '../context.ts';
import { type Finding, ok, warn } from './finding.ts';

const LOCAL = new Set(['127.0.0.1', '::1', 'localhost']);

async function rolesFinding(database: Database, { t }: Pick<CommandContext, 't'>): Promise<Finding> {
  const name = t('database readers', 'читающие базу данных');
  const unseen = await listUnreadableViews(database.work);
  if (unseen === undefined)
    return ok(name, t('none; `vestnik billing readers add` makes one', 'нет; создаёт `vestnik billing readers add`'));
  const roles = await listDatabaseRoles(database.work);
  const writers = roles.filter(({ kind }) => kind === 'writer').length;
  const said = t(`${roles.length} roles, ${writers} of them write quietly`, `ролей: ${roles.length}, из них с тихой записью: ${writers}`);
  if (unseen.length > 0)
    return warn(
      name,
      `${said}; ${t('they may not read', 'не могут читать')}: ${unseen.join(', ')}`,
      t('`vestnik billing readers add` renews the grants', '`vestnik billing readers add` обновляет права'),
    );
  const boundless = roles.filter(({ connections, statementTimeout }) => connections === null || statementTimeout === null);
  if (boundless.length > 0)
    return warn(
      name,
      `${said}; ${t('without limits', 'без пределов')}: ${boundless.map((role) => role.name).join(', ')}`,
      t('`vestnik billing readers add NAME` gives them theirs', '`vestnik billing readers add ИМЯ` задаёт их'),
    );
  return ok(name, said);
}

/** Whether the embedded server listens where the configuration says: a hub that runs goes on as it was started. */
async function portFinding(
  database: Database,
  { database: { url, readerHost, readerPort } }: Configuration,
  { t }: Pick<CommandContext, 't'>,
): Promise<Finding[]> {
  if (url !== undefined || readerPort === undefined) return [];
  const name = `database.readerPort ${readerPort}`;
  const { rows } = await run<{ port: number; hosts: string }>(
    database.work,
    "SELECT current_setting('port')::int AS port, current_setting('listen_addresses') AS hosts",
  );
  const [row] = rows;
  if (row?.port !== readerPort || !row.hosts.split(',').includes(readerHost))
    return [
      warn(
        name,
        t('the database that runs does not listen there', 'работающая база данных там не слушает'),
        t('restart the hub', 'перезапустите сервер'),
      ),
    ];
  if (LOCAL.has(readerHost)) return [ok(name, t(`open on ${readerHost}`, `открыт на ${readerHost}`))];
  return [
    warn(
      name,
      t(`what is read travels in the clear to ${readerHost}`, `прочитанное передаётся на ${readerHost} открыто`),
      t(
        'use a tunnel, or a PostgreSQL of your own with TLS (database.url)',
        'используйте туннель или свой PostgreSQL с TLS (database.url)',
      ),
    ),
  ];
}

/** How the roles stand that read the database past the server (spec billing 8). */
export async function readerFindings(
  database: Database,
  configuration: Configuration,
  context: Pick<CommandContext, 't'>,
): Promise<Finding[]> {
  return [await rolesFinding(database, context), ...(await portFinding(database, configuration, context))];
}
