import { loadConfiguration } from '../../../config.ts';
import type { Database } from '../../../core/database/database.ts';
import { HubError } from '../../../core/errors.ts';
import { openForeignListener } from '../../../core/http/foreign-listener.ts';
import type { Principal } from '../../../core/identity/principal.ts';
import { ACTION_BINDINGS, BINDINGS } from '../../catalogue/bindings.ts';
import { CATALOGUE } from '../../catalogue/catalogue.ts';
import { createRegistry, packageOf, type Registry, type ServedService } from '../../catalogue/registry.ts';
import { createTurns } from '../../turns.ts';
import { createActionSessions } from '../../wire/action/sessions.ts';
import { createDocs } from '../../wire/docs-page.ts';
import { createBillingFace } from '../../wire/face.ts';
import { createPerformer } from '../../wire/perform.ts';
import { createPermissions } from '../../wire/permissions.ts';
import { openBilling, SETTINGS } from './billing-bench.ts';
import { seedCatalogue } from './catalogue-seed.ts';
import { moduleOf } from './undone-call.ts';

/**
 * The faces of billing on a port, over the rows of `seedCatalogue`, at noon of 2026-03-15. Every change is answered as usual and then undone, so that calls do
 * not depend on each other.
 */
export interface UndoingHub {
  readonly url: string;
  readonly registry: Registry;
  readonly login: string;
  readonly password: string;
  /** `http://127.0.0.1:1/executer/<package>/2/<Service>`; `place` is what stands before the package: `json/` for that protocol; below `new` the release is 9.2501 */
  addressOf(served: ServedService, more?: { readonly prefix?: string; readonly place?: string }): string;
  stop(): Promise<void>;
}

const PRINCIPAL: Principal = {
  operatorId: 1,
  login: 'anna',
  displayName: 'Анна',
  locale: 'ru',
  rights: ['*'],
  by: 'password',
  credentialId: undefined,
};
const PASSWORD = 'secret';

/** The work is done and answered, and none of it stays; numbers are given out once more. @param forget puts sequences back */
function undoing(database: Database, forget: () => Promise<unknown>): Database {
  return {
    ...database,
    work: database.work,
    async transaction<T>(work: Parameters<Database['transaction']>[0]): Promise<T> {
      let done: { readonly value: unknown } | undefined;
      const undone = new Error('undone');
      await database
        .transaction(async (tx) => {
          done = { value: await work(tx) };
          throw undone;
        })
        .catch((error: unknown) => {
          if (error !== undone) throw error;
        })
        .finally(forget);
      return done?.value as T;
    },
  };
}

export async function openUndoingHub(): Promise<UndoingHub> {
  const bench = await openBilling();
  await seedCatalogue(bench);
  const sequences = await bench.rows<{ text: string }>(
    `SELECT format('setval(%L, %s, %L)', schemaname || '.' || sequencename, COALESCE(last_value, start_value), last_value IS NOT NULL) AS text FROM pg_sequences`,
  );
  const restart = `SELECT ${sequences.map(({ text }) => text).join(', ')}`;
  const configuration = loadConfiguration({ environment: {}, cwd: '/' });
  const registry = createRegistry(CATALOGUE, BINDINGS, ACTION_BINDINGS);
  const settings = { ...SETTINGS, profiles: { new: '9.2501' as const } };
  const performer = createPerformer({
    database: undoing(bench.database, () => bench.rows(restart)),
    permissions: createPermissions(bench.database.work),
    turns: createTurns(5_000),
    secretKey: bench.secretKey,
    settings,
    statementTime: 5_000,
    mostCalls: 100,
    now: () => bench.act().now,
  });
  const authentication = {
    authenticateBasic: async (login: string, password: string) => {
      if (login === PRINCIPAL.login && password === PASSWORD) return PRINCIPAL;
      throw new HubError('UNAUTHORIZED');
    },
  };
  const sessions = createActionSessions({ most: 10, mostOfOperator: 10, idle: 60_000 });
  const face = createBillingFace({ registry, performer, authentication, settings, sessions, docs: createDocs(registry) });
  const listener = await openForeignListener(configuration, { host: '127.0.0.1', port: 0, setting: 'none' }, [face]);
  return {
    url: listener.address,
    registry,
    login: PRINCIPAL.login,
    password: PASSWORD,
    addressOf(served, { prefix = '', place = '' } = {}) {
      const { name, ofModule } = packageOf(served.service.package);
      return `${listener.address}${prefix}/executer/${place}${name}${ofModule ? `/${moduleOf(served)}` : ''}/${served.service.name}`;
    },
    async stop() {
      await listener.stop(100);
      await bench.stop();
    },
  };
}
