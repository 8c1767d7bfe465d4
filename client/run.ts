import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { release, type } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { systemTimeZone } from '@vestnik/protocol/time-zone.ts';
import { type Certificates, createExpiryWarner, readCertificates } from './certificate.ts';
import type { Configuration } from './configuration.ts';
import { createConnection, STOP_WITHIN } from './connection.ts';
import { createEncoder } from './encode.ts';
import { codedExit, EXIT, type ExitCode, ExitError } from './exit.ts';
import { createFeed, type Feed } from './feed.ts';
import { createNamer } from './final-name.ts';
import { acquireLock, type Lock, type LockHolder } from './lock.ts';
import { createLogFile, createLogger, type LineSink, type Logger } from './log.ts';
import type { Language } from './messages.ts';
import { createMessageRunner } from './on-message.ts';
import type { FeedAddress, Settings } from './options.ts';
import { diskFileSystem, systemClock } from './ports.ts';
import { isPrivate } from './private-file.ts';
import { OWN_FOLDER, openStorage } from './storage.ts';
import { VERSION } from './version.ts';

const MIB = 1024 * 1024;

type TakeLock = (target: string, lockFile: string, contestMs?: number) => Promise<void>;

export type Screen = { out: LineSink; error: LineSink; isTerminal: boolean };

/** The text by which the log and the screen name an address. */
function addressText(address: FeedAddress): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** One feed for each address of `Connect`, all of one instance. */
export function createFeeds(settings: Settings, certificates: Certificates, language: Language) {
  const instance = randomUUID();
  return settings.connect.map((address): { address: string; feed: Feed } => ({
    address: addressText(address),
    feed: createFeed({
      address,
      ca: certificates.ca,
      certificate: certificates.pem,
      proxy: settings.proxy,
      instance,
      userAgent: `Stat_Client/${VERSION} (${type()} ${release()})`,
      language,
      clock: systemClock,
      rejection: certificates.rejection,
    }),
  }));
}

/** @throws ExitError with exit 3 when others can read the personal certificate. */
export async function demandPrivate(pem: string): Promise<void> {
  let safe: boolean;
  try {
    safe = await isPrivate(pem);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ExitError(
      EXIT.certificate,
      { en: `${pem} cannot be checked: ${why}`, ru: `файл ${pem} не удалось проверить: ${why}` },
      error,
    );
  }
  if (!safe) throw codedExit(EXIT.certificate, 'OT2004', { pem });
}

/** The path with links resolved as far as it exists, so that two spellings of one folder have one lock. */
async function resolvedPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return join(folder, basename(path));
  }
}

/**
 * Runs the client: locks, log, certificates, Storage, connection. Ends on SIGINT and SIGTERM, or, with `once`, with an empty mailbox.
 * @throws ExitError for everything that keeps it from starting.
 */
export async function runClient(configuration: Configuration, language: Language, once: boolean, screen: Screen): Promise<ExitCode> {
  const { settings } = configuration;
  const locks: Lock[] = [];
  let lost: ExitError | undefined;
  let stop = () => {};
  const lock: TakeLock = async (target, lockFile, contestMs) => {
    const taken = await acquireLock({
      target,
      lockFile,
      ...(contestMs === undefined ? {} : { contestMs }),
      onLost(holder) {
        lost ??= lockedBy(target, holder);
        stop();
      },
    });
    if ('holder' in taken) throw lockedBy(target, taken.holder);
    locks.push(taken.lock);
  };
  const logPath = await resolvedPath(settings.logger);
  let closeLog = async () => {};
  let log: Logger | undefined;
  try {
    // Two hosts that begin one log at the same moment only mix their lines; that is worth no waiting.
    await lock(logPath, `${logPath}.lock`, 0);
    const file = createLogFile({
      path: logPath,
      size: settings.logSize * MIB,
      files: settings.logFiles,
      now: Date.now,
      language,
      fallback: screen.error,
    });
    closeLog = () => file.close();
    log = createLogger(settings.logLevel, language, Date.now, screen.isTerminal ? [file.write, screen.out] : [file.write]);
    for (const { file: name, line, key } of configuration.unknown) log.warn('OT1107', { file: name, line, key });
    return await runLocked(settings, language, once, log, lock, (call) => {
      stop = call;
    });
  } catch (error) {
    logFault(log, error, language);
    throw error;
  } finally {
    if (lost !== undefined) logFault(log, lost, language);
    for (const held of locks) await held.release();
    await closeLog();
    // biome-ignore lint/correctness/noUnsafeFinally: a lock that was lost weighs more than how the run ended
    if (lost !== undefined) throw lost;
  }
}

async function runLocked(
  settings: Settings,
  language: Language,
  once: boolean,
  log: Logger,
  lock: TakeLock,
  onStop: (call: () => void) => void,
): Promise<ExitCode> {
  await demandPrivate(settings.clientCert);
  const certificates = await readCertificates(settings.caCert, settings.clientCert);
  const folder = await resolvedPath(settings.storage);
  const found = await diskFileSystem.status(folder).catch(() => undefined);
  if (found?.kind !== 'folder') throw codedExit(EXIT.storage, 'OT2002', { dir: settings.storage });
  await diskFileSystem.makeFolder(join(folder, OWN_FOLDER)).catch(() => undefined);
  await lock(folder, join(folder, OWN_FOLDER, 'lock'));

  log.info('OT1001', { v: VERSION, name: certificates.client, dir: folder });
  const warnExpiry = createExpiryWarner(certificates.notAfter, Date.now, (date) => log.warn('OT1103', { date }));
  warnExpiry();
  const runner = settings.onMessage === undefined ? undefined : createMessageRunner(settings.onMessage, log, systemClock);
  const name = createNamer(settings.fileName, certificates.client, systemTimeZone());
  const encode = createEncoder(settings.encoding);
  const warned = new Set<string>();
  const connection = createConnection({
    feeds: createFeeds(settings, certificates, language),
    folder,
    openStorage: () =>
      openStorage({
        folder,
        fileSystem: diskFileSystem,
        clock: systemClock,
        log,
        name,
        encode,
        onStored: (message, path) => runner?.stored(message, path),
      }),
    clock: systemClock,
    random: Math.random,
    log,
    version: VERSION,
    waitSeconds: settings.waitSeconds,
    batch: settings.batch,
    minFreeBytes: settings.minFree * MIB,
    once,
    onWarnings(warnings) {
      warnExpiry();
      for (const { code } of warnings) {
        // The expiry is known from the certificate itself; any other warning is passed on once.
        if (code === 'CERT_EXPIRES' || warned.has(code) || warned.size > 100) continue;
        warned.add(code);
        log.warn('OT1109', { code });
      }
    },
  });
  const stopping = new AbortController();
  let stopBy = Number.POSITIVE_INFINITY;
  const stop = () => {
    if (!stopping.signal.aborted) stopBy = Date.now() + STOP_WITHIN;
    stopping.abort();
    connection.stop();
  };
  onStop(stop);
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const exit = await connection.run();
    // What `-once` has taken is all that will come, so its On_message runs are part of the work.
    if (once) await runner?.drain(stopping.signal);
    await runner?.stop(Math.max(0, Math.min(STOP_WITHIN, stopBy - Date.now())));
    log.info('OT1007', {});
    return exit;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/** What ends the program, in its log: by its code, where it has one. */
function logFault(log: Logger | undefined, error: unknown, language: Language): void {
  if (error instanceof ExitError && error.line !== undefined) log?.error(error.line.code, error.line.parameters);
  else if (error instanceof ExitError) log?.error('OT2009', { why: error.text[language] });
  else log?.error('OT2009', { why: error instanceof Error ? error.message : String(error) });
}

function lockedBy(dir: string, holder: LockHolder): ExitError {
  return codedExit(EXIT.locked, 'OT2005', { dir, pid: holder.pid, host: holder.host });
}
