import { accessSync, constants, mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { type Configuration, loadConfiguration } from '../config.ts';
import { openDatabase, waitForDatabase } from '../core/database/database.ts';
import { HubError } from '../core/errors.ts';
import type { Caller } from '../core/identity/caller.ts';
import type { Identity } from '../core/identity/identity.ts';
import type { CommandPorts } from '../core/module.ts';
import { startLog } from '../core/telemetry/log.ts';
import { type Ground, openGround } from '../ground.ts';
import { MODULES, rightsOf } from '../modules.ts';
import type { Language, Translate } from './language.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command is given. Everything is loaded when it is asked for: `--help` needs neither a configuration nor a database. */
export interface CommandContext {
  readonly language: Language;
  readonly t: Translate;
  readonly environment: Environment;
  /** The file given with `--config`. */
  configurationPath(): string | undefined;
  /** @throws ConfigurationError. */
  configuration(): Configuration;
  /** Opens the database (starting our own when nobody runs it), migrated, for the time of the action. Notes go to standard error. */
  withGround<T>(action: (ground: Ground) => Promise<T>): Promise<T>;
  /** As `withGround`, with the directory of operators, which knows the rights of all modules. */
  withIdentity<T>(action: (ground: Ground, identity: Identity) => Promise<T>): Promise<T>;
  /** As `withGround`, with what the command of a module works with. */
  withPorts(action: (ports: CommandPorts) => Promise<void>): Promise<void>;
  /** Prints a line to standard output. */
  print(text: string): void;
  /** The user of the system, who may do everything: whoever reads the database's password needs no other. */
  readonly caller: Caller;
}

export const systemCaller = (): Caller => ({
  login: `cli:${userName()}`,
  rights: ['*'],
  face: 'cli',
  address: undefined,
  requestId: undefined,
});

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return String(process.getuid?.() ?? 'unknown');
  }
}

/** @throws HubError CONFLICT naming the folder and what to do. */
export function checkDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new HubError(
      'CONFLICT',
      `the data folder ${folder} cannot be written by ${userName()} (${code}): give it to this user, or set dataFolder to another one`,
      { cause },
    );
  }
}

/** How long a command waits for a configured database; a person sits in front of it. Milliseconds. */
const PATIENCE = 5_000;

/** @throws HubError STORE_UNAVAILABLE soon, where a starting hub would wait for its database longer. */
async function requireDatabase({ database: { url } }: Configuration): Promise<void> {
  if (url === undefined) return;
  const database = openDatabase({ url, poolSize: 1, queuePoolSize: 1, name: 'vestnik command' });
  try {
    await waitForDatabase(database, PATIENCE);
  } finally {
    await database.close();
  }
}

/** Loaded when it is asked for: it knows the rights of all modules, and so loads all of them. @throws ConfigurationError */
async function openIdentity({ configuration, database }: Ground): Promise<Identity> {
  const [{ createIdentity }, knownRights] = await Promise.all([import('../core/identity/identity.ts'), rightsOf(configuration)]);
  return createIdentity({ database, knownRights });
}

export function createContext(
  program: Command,
  about: { language: Language; t: Translate; environment: Environment; cwd: string },
): CommandContext {
  const { language, t, environment, cwd } = about;
  const caller = systemCaller();
  const configurationPath = (): string | undefined => program.opts<{ config?: string }>().config;
  const configuration = (): Configuration => loadConfiguration({ file: configurationPath(), environment, cwd });
  const withGround: CommandContext['withGround'] = async (action) => {
    const configured = configuration();
    checkDataFolder(configured.dataFolder);
    const log = startLog({ level: program.opts<{ debug?: boolean }>().debug ? 'debug' : 'error', format: configured.log.format, to: 2 });
    try {
      await requireDatabase(configured);
      const ground = await openGround(configured, MODULES, 'vestnik command');
      try {
        return await action(ground);
      } finally {
        await ground.close();
      }
    } finally {
      log.stop();
    }
  };
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  return {
    language,
    t,
    environment,
    caller,
    configurationPath,
    configuration,
    print,
    withGround,
    withIdentity: (action) =>
      withGround(async (ground) => {
        const identity = await openIdentity(ground);
        try {
          return await action(ground, identity);
        } finally {
          // What it writes beside an answer needs the database, too.
          await identity.stop();
        }
      }),
    withPorts: (action) =>
      withGround(async (ground) => {
        let identity: Promise<Identity> | undefined;
        const authentication: CommandPorts['authentication'] = {
          async authenticateBasic(...given) {
            identity ??= openIdentity(ground);
            return (await identity).authenticateBasic(...given);
          },
        };
        try {
          await action({ ...ground, authentication, caller, print });
        } finally {
          await (await identity)?.stop();
        }
      }),
  };
}
