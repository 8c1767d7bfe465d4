import { open, realpath, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCertificates } from './certificate.ts';
import type { Configuration } from './configuration.ts';
import { EXIT, type ExitCode, ExitError } from './exit.ts';
import { CertificateRefused, failureText, isFeedFailure } from './feed-failure.ts';
import { findHolder } from './lock.ts';
import type { LineSink } from './log.ts';
import type { Language, Text } from './messages.ts';
import { createFeeds, demandPrivate } from './run.ts';
import { OWN_FOLDER } from './storage.ts';

const MIB = 1024 * 1024;
const DAY = 86_400_000;

/**
 * Tests what the client stands on and prints one line a test: configuration, certificate files and their rights, Storage, log, and each
 * server address through TLS and `/status`. Takes no message, no lock and no session, so it may run beside the running client.
 * @returns the exit code of the first fault, or 0.
 */
export async function checkInstallation(configuration: Configuration, language: Language, print: LineSink): Promise<ExitCode> {
  const { settings } = configuration;
  let exit: ExitCode = EXIT.done;
  const say = (mark: 'ok' | 'warn' | 'fail', text: Text) => print(`[${mark.padEnd(4)}] ${text[language]}`);
  const fail = (code: ExitCode, text: Text) => {
    say('fail', text);
    if (exit === EXIT.done) exit = code;
  };

  const file = configuration.file;
  say('ok', {
    en: file === undefined ? 'configuration from the command line' : `configuration ${file}`,
    ru: file === undefined ? 'конфигурация из командной строки' : `конфигурация ${file}`,
  });
  for (const { line, key } of configuration.unknown) {
    say('warn', { en: `line ${line}: unknown key ${key} is ignored`, ru: `строка ${line}: неизвестный параметр ${key} пропущен` });
  }

  let certificates: Awaited<ReturnType<typeof readCertificates>> | undefined;
  try {
    await demandPrivate(settings.clientCert);
    say('ok', { en: `${settings.clientCert} is private`, ru: `файл ${settings.clientCert} закрыт от других пользователей` });
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
    fail(error.exit, error.text);
  }
  try {
    certificates = await readCertificates(settings.caCert, settings.clientCert);
    const { notBefore, notAfter, client } = certificates;
    const days = Math.floor((notAfter - Date.now()) / DAY);
    const until = new Date(notAfter).toISOString().slice(0, 10);
    const text = {
      en: `certificate of ${client}, valid until ${until} (${days} days)`,
      ru: `сертификат ${client}, действует до ${until} (дней: ${days})`,
    };
    if (notAfter < Date.now() || notBefore > Date.now()) {
      fail(EXIT.refused, { en: `${text.en}: not valid now`, ru: `${text.ru}: сейчас недействителен` });
    } else {
      say(days < 30 ? 'warn' : 'ok', text);
    }
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
    fail(error.exit, error.text);
  }

  await checkStorage(settings.storage, settings.minFree, say, fail);
  await checkLog(settings.logger, say);
  if (certificates === undefined) return exit;
  await checkServers(createFeeds(settings, certificates, language), say, fail);
  return exit;
}

const STATES = { active: 'активен', held: 'выдача приостановлена', closed: 'закрыт' } as const;

type Say = (mark: 'ok' | 'warn' | 'fail', text: Text) => void;
type Fail = (code: ExitCode, text: Text) => void;

async function checkStorage(storage: string, minFree: number, say: Say, fail: Fail): Promise<void> {
  try {
    if (!(await stat(storage)).isDirectory()) throw new Error('not a folder');
    const probe = join(storage, `.stat_client_check-${process.pid}`);
    try {
      await writeFile(probe, 'check', { flag: 'wx' });
    } finally {
      await rm(probe, { force: true });
    }
    const { bavail, bsize } = await statfs(storage);
    const free = Math.floor((bavail * bsize) / MIB);
    const text = {
      en: `Storage ${storage} can be written, ${free} MiB free`,
      ru: `папка ${storage} доступна для записи, свободно МиБ: ${free}`,
    };
    if (free < minFree) fail(EXIT.storage, { en: `${text.en}, Min_free is ${minFree}`, ru: `${text.ru}, Min_free: ${minFree}` });
    else say('ok', text);
    const holder = await findHolder(await realpath(storage), join(storage, OWN_FOLDER, 'lock'));
    if (holder !== undefined) {
      say('ok', {
        en: `Storage is in use by a running client (pid ${holder.pid}, ${holder.host})`,
        ru: `с папкой работает запущенный клиент (pid ${holder.pid}, ${holder.host})`,
      });
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    fail(EXIT.storage, { en: `Storage ${storage} is not usable: ${why}`, ru: `папка ${storage} недоступна: ${why}` });
  }
}

/** A log that cannot be written stops nothing, so it is a warning. */
async function checkLog(path: string, say: Say): Promise<void> {
  try {
    await (await open(path, 'a')).close();
    say('ok', { en: `log ${path} can be written`, ru: `журнал ${path} доступен для записи` });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say('warn', { en: `log ${path} cannot be written: ${why}`, ru: `журнал ${path} недоступен для записи: ${why}` });
  }
}

/** One server that answers is enough; the others are then warnings. */
async function checkServers(feeds: ReturnType<typeof createFeeds>, say: Say, fail: Fail): Promise<void> {
  const failures: { text: Text; exit: ExitCode }[] = [];
  let reached = false;
  for (const { address, feed } of feeds) {
    try {
      const status = await feed.status();
      reached = true;
      const queued = `${status.queuedExact ? '' : '> '}${status.queued}`;
      say(status.state === 'active' ? 'ok' : 'warn', {
        en: `server ${address} answers: client ${status.client}, ${status.state}, ${queued} messages waiting, certificate until ${status.certificateExpires.slice(0, 10)}`,
        ru: `сервер ${address} отвечает: клиент ${status.client}, ${STATES[status.state]}, ожидает сообщений: ${queued}, сертификат до ${status.certificateExpires.slice(0, 10)}`,
      });
    } catch (error) {
      if (!isFeedFailure(error)) throw error;
      const why = failureText(error);
      failures.push({
        text: { en: `server ${address}: ${why.en}`, ru: `сервер ${address}: ${why.ru}` },
        exit: error instanceof CertificateRefused ? EXIT.refused : EXIT.unreachable,
      });
    } finally {
      await feed.disconnect();
    }
  }
  for (const { text, exit } of failures) {
    if (reached) say('warn', text);
    else fail(exit, text);
  }
}
