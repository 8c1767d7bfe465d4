import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type { Configuration } from '../../config.ts';
import { configurationFile } from '../../config.ts';
import { readCertificatePair } from '../../core/http/certificate-files.ts';
import type { CommandContext } from '../context.ts';
import { type Finding, fail, ok, reasonOf, warn } from './finding.ts';

const OLDEST_NODE = 26;
const GIB = 1024 ** 3;

/** The nearest folder of a path that is there. */
const existing = (folder: string): string => (existsSync(folder) || folder === dirname(folder) ? folder : existing(dirname(folder)));

function dataFolderFinding({ dataFolder }: Configuration, { t }: CommandContext): Finding {
  const name = t('data folder', 'папка данных');
  const nearest = existing(dataFolder);
  try {
    accessSync(nearest, constants.W_OK | constants.X_OK);
  } catch (error) {
    return fail(
      name,
      `${nearest}: ${reasonOf(error)}`,
      t('give it to the user of the hub, or set dataFolder', 'отдайте её пользователю сервера или задайте dataFolder'),
    );
  }
  if (!statSync(nearest).isDirectory())
    return fail(name, t(`${nearest} is no folder`, `${nearest} — не папка`), t('set dataFolder', 'задайте dataFolder'));
  return ok(
    name,
    nearest === dataFolder ? dataFolder : t(`${dataFolder} will be made at the first start`, `${dataFolder} появится при первом запуске`),
  );
}

function secretKeyFinding({ dataFolder }: Configuration, { t, environment }: CommandContext): Finding {
  const name = t('secret key', 'секретный ключ');
  if (environment['VESTNIK_SECRET_KEY']) return ok(name, 'VESTNIK_SECRET_KEY');
  const path = join(dataFolder, 'secret.key');
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return ok(name, t('will be made at the first start; keep a copy of it', 'появится при первом запуске; сохраните копию'));
  const mode = (found.mode & 0o777).toString(8).padStart(3, '0');
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0)
    return fail(name, t(`${path} can be read by others (mode ${mode})`, `${path} доступен другим (режим ${mode})`), `chmod 600 ${path}`);
  return ok(name, `${path}, ${t('mode', 'режим')} ${mode}`);
}

async function diskFinding({ dataFolder, tickets }: Configuration, { t }: CommandContext): Promise<Finding> {
  const name = t('disk', 'диск');
  const { bavail, blocks, bsize } = await statfs(existing(dataFolder));
  const free = bavail * bsize;
  const percent = (bavail * 100) / blocks;
  const said = t(
    `${(free / GIB).toFixed(1)} GiB (${percent.toFixed(0)} %) free`,
    `свободно ${(free / GIB).toFixed(1)} ГиБ (${percent.toFixed(0)} %)`,
  );
  const next = t(
    'free some space, or lower tickets.minFreeBytes and tickets.minFreePercent',
    'освободите место или уменьшите tickets.minFreeBytes и tickets.minFreePercent',
  );
  if (free < tickets.minFreeBytes || percent < tickets.minFreePercent) return fail(name, said, next);
  return free < 2 * tickets.minFreeBytes || percent < 2 * tickets.minFreePercent ? warn(name, said, next) : ok(name, said);
}

const tryPort = (host: string, port: number): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });

/** Whether a hub answers there. A certificate of our own making would not be trusted, so TLS is taken for an answer by itself. */
async function hubAnswers({ http }: Configuration): Promise<boolean> {
  if (http.tls) return true;
  const host =
    http.host === '0.0.0.0' ? '127.0.0.1' : http.host === '::' ? '[::1]' : http.host.includes(':') ? `[${http.host}]` : http.host;
  try {
    const answer = await fetch(`http://${host}:${http.port}/healthz`, { signal: AbortSignal.timeout(2_000) });
    return answer.ok && ((await answer.json()) as { status?: unknown }).status === 'alive';
  } catch {
    return false;
  }
}

async function portFindings(configuration: Configuration, { t }: CommandContext): Promise<Finding[]> {
  const { http, tickets } = configuration;
  const { line } = configuration.alerts;
  const ports = [
    { key: 'http.port', host: http.host, port: http.port },
    { key: 'tickets.feedPort', host: tickets.feedHost, port: tickets.feedPort },
    ...(line.enabled === 'no' ? [] : [{ key: 'alerts.line.port', host: line.host, port: line.port }]),
    ...(line.enabled === 'no' || line.oldTlsHost === undefined
      ? []
      : [{ key: 'alerts.line.oldTlsPort', host: line.oldTlsHost, port: line.oldTlsPort }]),
  ];
  const findings: Finding[] = [];
  for (const { key, host, port } of ports) {
    const name = `${key} ${port}`;
    const trouble = port === 0 ? undefined : await tryPort(host, port);
    if (trouble === undefined) findings.push(ok(name, t('free', 'свободен')));
    else if (trouble === 'EADDRINUSE' && (await hubAnswers(configuration)))
      findings.push(ok(name, t('in use while a hub is running', 'занят: сервер работает')));
    else if (trouble === 'EADDRINUSE')
      findings.push(
        fail(
          name,
          t('in use by another program', 'занят другой программой'),
          t(`stop it or choose another ${key}`, `остановите её или выберите другой ${key}`),
        ),
      );
    else if (trouble === 'EACCES')
      findings.push(
        fail(
          name,
          trouble,
          t('ports below 1024 need a right of the system: choose a higher one', 'порты ниже 1024 требуют прав системы: выберите больший'),
        ),
      );
    else findings.push(fail(name, `${host}: ${trouble}`, t('bind an address of this machine', 'укажите адрес этой машины')));
  }
  return findings;
}

function certificateFinding({ http }: Configuration, { t }: CommandContext): Finding {
  const name = t('HTTPS certificate', 'сертификат HTTPS');
  if (!http.tls) {
    const local = ['127.0.0.1', '::1', 'localhost'].includes(http.host);
    return local
      ? ok(name, t('none; HTTP is for this machine only', 'нет; HTTP только для этой машины'))
      : warn(
          name,
          t(`passwords travel in the clear to ${http.host}`, `пароли передаются на ${http.host} открыто`),
          t('set http.tls, or put a proxy with TLS in front', 'задайте http.tls или поставьте прокси с TLS'),
        );
  }
  try {
    const { expires } = readCertificatePair(http.tls);
    const days = Math.floor((expires.epochMilliseconds - Date.now()) / 86_400_000);
    const said = t(`${days} days left, until ${expires}`, `осталось дней: ${days}, до ${expires}`);
    const next = t('put a new certificate into the same files', 'положите новый сертификат в те же файлы');
    return days < 0 ? fail(name, said, next) : days < 14 ? warn(name, said, next) : ok(name, said);
  } catch (error) {
    return fail(name, reasonOf(error), t('correct http.tls.certificate and http.tls.key', 'исправьте http.tls.certificate и http.tls.key'));
  }
}

function feedNamesFinding({ tickets }: Configuration, { t }: CommandContext): Finding {
  const outside = tickets.feedNames.filter((name) => !['localhost', '127.0.0.1', '::1'].includes(name));
  if (outside.length > 0) return ok('tickets.feedNames', tickets.feedNames.join(', '));
  return warn(
    'tickets.feedNames',
    t(
      'only names of this machine: agencies elsewhere cannot check the certificate',
      'только имена этой машины: агентства снаружи не смогут проверить сертификат',
    ),
    t('add the name that agencies connect to', 'добавьте имя, к которому подключаются агентства'),
  );
}

/** Everything that can be seen without the database. */
export async function machineFindings(configuration: Configuration, context: CommandContext): Promise<Finding[]> {
  const { t } = context;
  const major = Number(process.versions.node.split('.')[0]);
  const file = configurationFile({ file: context.configurationPath(), environment: context.environment, cwd: process.cwd() });
  return [
    major >= OLDEST_NODE
      ? ok('Node', process.version)
      : fail('Node', process.version, t(`Node ${OLDEST_NODE} or newer is needed`, `нужен Node ${OLDEST_NODE} или новее`)),
    ok(t('configuration', 'конфигурация'), file ?? t('no file, defaults', 'файла нет, значения по умолчанию')),
    dataFolderFinding(configuration, context),
    secretKeyFinding(configuration, context),
    await diskFinding(configuration, context),
    ...(await portFindings(configuration, context)),
    certificateFinding(configuration, context),
    feedNamesFinding(configuration, context),
  ];
}
