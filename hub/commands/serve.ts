import type { Command } from 'commander';
import { notesOf } from '../core/telemetry/channels.ts';
import { startLog } from '../core/telemetry/log.ts';
import type { Hub } from '../hub.ts';
import { type CommandContext, checkDataFolder } from './context.ts';
import { EXIT } from './exit.ts';

const notes = notesOf('serve');

/** How long a hub that is still starting may take to get to a point where it can be stopped in order. Milliseconds. */
const START_GRACE = 5_000;

/**
 * Waits for the end of the process's life: resolves with the first signal; the second one forces.
 * @param force ends what must not outlive us.
 */
function waitForSignal(force: () => void, print: (text: string) => void, asking: string): { readonly asked: Promise<NodeJS.Signals> } {
  let count = 0;
  return {
    asked: new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.on(signal, () => {
          count += 1;
          if (count > 1) {
            force();
            process.exit(EXIT.failed);
          }
          print(asking);
          resolve(signal);
        });
      }
    }),
  };
}

function summary(hub: Hub, { t }: CommandContext): string {
  const lines = Object.entries(hub.addresses).map(([name, address]) => `  ${name.padEnd(11)} ${address}`);
  const { administrator } = hub;
  const first = administrator
    ? [
        '',
        t('The first administrator; this password is shown once:', 'Первый администратор; этот пароль показан один раз:'),
        `  ${t('login', 'логин').padEnd(10)} ${administrator.login}`,
        `  ${t('password', 'пароль').padEnd(10)} ${administrator.password}`,
      ]
    : [];
  return [t('Vestnik is running:', 'Вестник работает:'), ...lines, ...first, '', t('Ctrl-C stops it.', 'Остановка: Ctrl-C.')].join('\n');
}

/** `vestnik serve`: exit 0 after an orderly stop, 1 after a forced one or when the start fails. */
export function addServe(program: Command, context: CommandContext): void {
  const { t } = context;
  program
    .command('serve')
    .summary(t('run the hub', 'запустить сервер'))
    .description(
      t(
        'Runs the hub in the foreground until SIGINT or SIGTERM; a second signal ends it at once. SIGHUP reads certificates again.',
        'Запускает сервер на переднем плане до SIGINT или SIGTERM; второй сигнал завершает его немедленно. SIGHUP перечитывает сертификаты.',
      ),
    )
    .addHelpText(
      'after',
      `
${t('Examples:', 'Примеры:')}
  vestnik serve
  vestnik serve --config /etc/vestnik/vestnik.yaml
  VESTNIK_HTTP__PORT=9000 VESTNIK_LOG__FORMAT=json vestnik serve`,
    )
    .action(async () => {
      const configuration = context.configuration();
      checkDataFolder(configuration.dataFolder);
      const { level, format } = configuration.log;
      const log = startLog({ level, format, to: 1 });
      // The log on standard output stays clean for whoever reads it by machine.
      const pretty = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
      const tell = (text: string): void => void (pretty ? process.stdout : process.stderr).write(`${text}\n`);
      let hub: Hub | undefined;
      const force = (): void => {
        const pid = hub?.ground.embedded?.pid;
        // SIGQUIT: PostgreSQL ends at once and recovers at the next start; nothing acknowledged is lost.
        if (pid !== undefined) process.kill(pid, 'SIGQUIT');
      };
      const { asked } = waitForSignal(
        force,
        tell,
        t('stopping; once more ends it at once', 'остановка; ещё один сигнал завершит немедленно'),
      );
      process.on('uncaughtException', (error, origin) => {
        notes.error('a defect of the hub: it ends itself', { origin }, error);
        tell(`${t('a defect of the hub, please report it', 'ошибка сервера, сообщите о ней')}: ${error.message}`);
        force();
        process.exit(EXIT.failed);
      });
      process.on('SIGHUP', () => hub?.reload());
      const starting = import('../hub.ts').then(({ startHub }) => startHub(configuration));
      const first = await Promise.race([starting, asked]);
      if (typeof first === 'string') {
        const late = setTimeout(() => process.exit(EXIT.done), START_GRACE);
        await starting.then((started) => started.stop()).catch(() => undefined);
        clearTimeout(late);
        log.stop();
        return;
      }
      hub = first;
      tell(summary(hub, context));
      const signal = await asked;
      notes.info('stopping', { signal });
      await hub.stop();
      notes.info('stopped');
      log.stop();
      tell(t('stopped', 'остановлен'));
    });
}
