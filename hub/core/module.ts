import type { Command } from 'commander';
import type { Configuration } from '../config.ts';
import type { Database } from './database/database.ts';
import type { MigrationSource } from './database/migrate.ts';
import type { EventStore, StoredEvent } from './events/subscribe.ts';
import type { ShowEvent } from './http/event-stream.ts';
import type { ForeignFace } from './http/foreign.ts';
import type { Route } from './http/route.ts';
import type { Authority } from './identity/authority.ts';
import type { Caller } from './identity/caller.ts';
import type { Identity } from './identity/identity.ts';
import type { Authentication } from './identity/principal.ts';
import type { SecretKey } from './identity/secret-key.ts';
import type { Gauge, MetricDefinition } from './telemetry/metric.ts';

/** What the composition root hands to a module when it starts. */
export interface HubPorts {
  readonly configuration: Configuration;
  readonly database: Database;
  readonly events: EventStore;
  readonly authority: Authority;
  /** Seals what must lie encrypted in the database. */
  readonly secretKey: SecretKey;
  /** UUID of this process among the hubs that share the database. */
  readonly hubId: string;
  /** Folder of the database's files, where this machine has them; its free space is watched. */
  readonly databaseFolder: string | undefined;
}

/** What a module that serves gets besides. */
export interface ServePorts extends HubPorts {
  /** Recognises operators, for protocols that bring their own way of logging in. */
  readonly authentication: Authentication;
  /** Of this hub, for protocols that greet with it. */
  readonly version: string;
  /** The directory of operators, for protocols that manage them. */
  readonly operators: Pick<Identity, 'change' | 'hashPassword' | 'rights'>;
}

/** A started module. */
export interface RunningModule {
  /** REST routes by their prefix below /api/v1, usually the module's name. */
  readonly routes: Readonly<Record<string, readonly Route[]>>;
  /** Routes outside /api/v1, by their whole path, for programs that know nothing of this hub. Their right is `public`; they bound what comes by `admit`. */
  readonly publicRoutes?: readonly Route[];
  /** Protocols on addresses that no route can name; they answer by themselves. */
  readonly foreign?: readonly ForeignFace[];
  readonly gauges: readonly Gauge[];
  /** As the module's own, for a module that has to look into the database. (Default: the module's own) */
  readonly showEvent?: ShowEvent;
  /** Addresses it listens on, for the summary after the start. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Stops taking new work, finishes what is under way, then resolves. */
  stop(): Promise<void>;
}

/** What a command of a module works with: the database is there and migrated; the caller is the system's user. */
export interface CommandPorts extends HubPorts {
  readonly caller: Caller;
  /** Recognises operators by their passwords, where an act asks for one although the system's user may do everything. */
  readonly authentication: Pick<Authentication, 'authenticateBasic'>;
  /** Prints to standard output. */
  print(text: string): void;
}

/** Picks the text of the command line's language. */
type Translate = (en: string, ru: string) => string;

/** Adds what `vestnik <module>` can do to its command. `withPorts` opens the database around an action. */
export type AddCommands = (
  command: Command,
  withPorts: (action: (ports: CommandPorts) => Promise<void>) => Promise<void>,
  t: Translate,
) => void;

/** A module as the hub and its command line know it before they need it: what it is made of is loaded when it is asked for. */
export interface Module {
  readonly name: string;
  readonly migrations: MigrationSource;
  /** One line for the list of commands. */
  summary(t: Translate): string;
  loadCommands(): Promise<AddCommands>;
  load(): Promise<ServingModule>;
}

/** What a hub runs of a module. */
export interface ServingModule {
  /** Rights that this module knows, with what they allow. */
  readonly rights: Readonly<Record<string, string>>;
  /** Rights that the configuration adds. @throws ConfigurationError */
  configuredRights?(configuration: Configuration): Promise<Readonly<Record<string, string>>>;
  readonly metrics: readonly MetricDefinition[];
  /** What a caller may see of this module's events in a live stream; undefined: nothing. (Default: all of it with `<module>.view`) */
  showEvent?(caller: Caller, event: StoredEvent): StoredEvent | undefined;
  start(hub: ServePorts): Promise<RunningModule>;
}
