import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { ConfigurationError } from '../../config/source.ts';
import type { Database } from '../../core/database/database.ts';
import { run } from '../../core/database/statement.ts';
import { notesOf } from '../../core/telemetry/channels.ts';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import type { ActionBinding, Binding } from '../catalogue/descriptor.ts';
import { createRegistry, type Registry } from '../catalogue/registry.ts';
import { buildSiteService, type SiteService } from './build-service.ts';
import { siteService } from './description.ts';

/**
 * Services of the site (spec billing 3.4): every file `*.service.ts` or `*.service.js` of a folder exports one by default. They stand in the registry
 * beside the built-in ones, so that SOAP, JSON, WSDL, rights and documentation come by themselves. Whatever does not fit stops the start and is told with
 * its file and place.
 */
const SERVICE_FILE = /^[^.].*\.service\.[cm]?[jt]s$/;
/** Hubs that start at the same time prepare one after the other. */
const PREPARE_LOCK = 7_403_918;
const notes = notesOf('billing.site-services');

export interface SiteServiceOptions {
  /** Undefined: there are none. */
  readonly folder: string | undefined;
  /** That one call may take. */
  readonly seconds: number;
}

const placeOf = ({ path }: z.core.$ZodIssue): string => (path.length === 0 ? 'export default' : path.join('.'));

/** What an import failed with, and where: the first line of its stack names the place of a syntax error. */
function whyNot(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const [first = ''] = (thrown.stack ?? '').split('\n');
  const line = /^file:\/\/.*?:(\d+)/.exec(first)?.[1] ?? /\.service\.[cm]?[jt]s:(\d+)/.exec(thrown.stack ?? '')?.[1];
  return `${line === undefined ? '' : `line ${line}: `}${thrown.message}`;
}

async function exportOf(path: string, faults: string[]): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
    if (module.default !== undefined) return module.default;
    faults.push(`${path}: export default: the description of the service is missing`);
  } catch (thrown) {
    faults.push(`${path}: it cannot be loaded: ${whyNot(thrown)}`);
  }
  return undefined;
}

/** @throws ConfigurationError listing every fault of every file. */
export async function loadSiteServices({ folder, seconds }: SiteServiceOptions): Promise<readonly SiteService[]> {
  if (folder === undefined) return [];
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigurationError([
      `billing.siteServices: ${folder} cannot be read (${error.code ?? error.message}): make it, or leave the setting out`,
    ]);
  });
  const faults: string[] = [];
  const services: SiteService[] = [];
  for (const name of names.filter((one) => SERVICE_FILE.test(one)).sort()) {
    const path = join(folder, name);
    const exported = await exportOf(path, faults);
    if (exported === undefined) continue;
    const parsed = siteService.safeParse(exported);
    if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => `${path}: ${placeOf(issue)}: ${issue.message}`));
    else {
      const built = buildSiteService(path, parsed.data, { others: services, seconds, faults });
      if (built) services.push(built);
    }
  }
  if (faults.length > 0) throw new ConfigurationError(faults);
  return services;
}

/** What the built-in operations and actions do. */
export interface BuiltIn {
  readonly bindings: readonly Binding[];
  readonly actionBindings: readonly ActionBinding[];
}

/** The registry of the built-in operations and of these services. */
export function registryWith(services: readonly SiteService[], { bindings, actionBindings }: BuiltIn): Registry {
  const beans = new Map(services.map(({ service, beans: own }) => [service.name, own]));
  const { services: builtIn, actions, beansOf } = CATALOGUE;
  const catalogue = {
    services: [...builtIn, ...services.map(({ service }) => service)],
    actions,
    beansOf: (service: (typeof builtIn)[number]) => beans.get(service.name) ?? beansOf(service),
  };
  return createRegistry(catalogue, [...bindings, ...services.map(({ binding }) => binding)], actionBindings);
}

/** Lets services make the tables that they keep their data in, each in a transaction of its own. @throws Error naming the file that failed */
export async function prepareSiteServices(database: Database, services: readonly SiteService[]): Promise<void> {
  for (const { file, prepare, service } of services) {
    if (prepare) {
      try {
        await database.transaction(async (tx) => {
          await run(tx, `SELECT pg_advisory_xact_lock(${PREPARE_LOCK})`);
          await prepare({ query: async (text, values = []) => (await run(tx, text, values)).rows as never[] });
        });
      } catch (cause) {
        throw new ConfigurationError([`${file}: prepare: ${whyNot(cause)}`]);
      }
    }
    notes.info('a site service is served', { service: service.name, file, operations: service.operations.length });
  }
}
