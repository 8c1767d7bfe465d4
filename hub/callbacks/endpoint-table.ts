import { coalesce } from '../core/coalesce.ts';
import type { Database } from '../core/database/database.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import { notesOf } from '../core/telemetry/channels.ts';
import { openSecrets, openSigningSecret } from './endpoint-secrets.ts';
import { compileEndpoint, type EndpointProgram, type LiveEndpoint, type SigningKey } from './live-endpoint.ts';
import { type KnownOrganization, sightOf } from './matching.ts';
import { ENDPOINTS } from './notifications.ts';
import { signingKey } from './signing.ts';
import { endpointMarks, endpointsByIds } from './sql/endpoints.ts';
import { allOrganizations } from './sql/projections.ts';
import { type SigningSecretRow, signingSecretsOf } from './sql/signing-secrets.ts';

/**
 * The endpoints of this hub, compiled, kept in step with their tables.
 *
 * States: loading -> fresh -> (notified, or 5 s passed) loading -> fresh ...; stop() -> stopped. Only versions that are new are read whole and
 * compiled. A failed load keeps what is there and is tried again after a second. Loads never overlap, so an older snapshot cannot replace a
 * newer one. A version whose secrets cannot be opened stays without a message and says why.
 */
export interface EndpointTable {
  /** All that are not deleted, by id. */
  endpoints(): readonly LiveEndpoint[];
  byId(id: number): LiveEndpoint | undefined;
  /** Called after each load that changed something; answers a function that ends it. */
  onChange(listener: () => void): () => void;
  /** Reads the tables now; what was committed before is in force when it resolves. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
}

const notes = notesOf('callbacks.endpoints');
const RELOAD_EVERY = 5_000;
const RETRY_AFTER = 1_000;

/** @param options.random for the jitter of schedules. (Default: Math.random) */
export async function startEndpointTable(options: {
  readonly database: Database;
  readonly secretKey: SecretKey;
  readonly random?: () => number;
}): Promise<EndpointTable> {
  const { database, secretKey, random = Math.random } = options;
  let list: readonly LiveEndpoint[] = [];
  let byId = new Map<number, LiveEndpoint>();
  let stopped = false;
  let retry: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();
  let mark = '';

  const compile = (row: Awaited<ReturnType<typeof endpointsByIds>>[number]): EndpointProgram => {
    try {
      return compileEndpoint(row, openSecrets(secretKey, row.endpointId, row.version, row.secrets), random);
    } catch (error) {
      notes.error('the secrets of an endpoint cannot be opened; nothing is sent to it', { endpoint: row.endpointId }, error);
      const program = compileEndpoint(row, { headers: [], clientKey: null }, random);
      return { ...program, message: undefined, fault: 'its secrets cannot be opened with the secret key of this hub' };
    }
  };

  const keysOf = (rows: readonly SigningSecretRow[]): Map<number, SigningKey[]> => {
    const keys = new Map<number, SigningKey[]>();
    for (const { secretId, endpointId, sealed, validUntil } of rows) {
      try {
        const key = signingKey(openSigningSecret(secretKey, secretId, sealed));
        const until = validUntil?.epochMilliseconds ?? Number.POSITIVE_INFINITY;
        if (key) keys.set(endpointId, [...(keys.get(endpointId) ?? []), { key, until }]);
      } catch (error) {
        notes.error('a signing secret cannot be opened', { endpoint: endpointId }, error);
      }
    }
    return keys;
  };

  const load = async (): Promise<void> => {
    const marks = await endpointMarks(database.work);
    const fresh = marks.filter(({ endpointId, versionId }) => byId.get(endpointId)?.versionId !== versionId);
    const rows =
      fresh.length === 0
        ? []
        : await endpointsByIds(
            database.work,
            fresh.map(({ endpointId }) => endpointId),
          );
    const read = new Map(rows.map((row) => [row.endpointId, row]));
    const secrets = await signingSecretsOf(
      database.work,
      marks.map(({ endpointId }) => endpointId),
    );
    const organizations = await allOrganizations(database.work);
    const seen = JSON.stringify([marks, secrets.map(({ secretId, validUntil }) => [secretId, validUntil]), organizations]);
    if (seen === mark) return;
    const keys = keysOf(secrets);
    const known = new Map<number, KnownOrganization>(
      organizations.map(({ organizationId, kind, parentId }) => [organizationId, { kind, parent: parentId }]),
    );
    const made = marks.flatMap(({ endpointId, enabled, disabledBy }): LiveEndpoint[] => {
      const row = read.get(endpointId);
      const before = byId.get(endpointId);
      const program = row ? compile(row) : before;
      const about = row ?? (before && { family: before.family, organizationId: before.organizationId, name: before.name });
      if (!program || !about) return [];
      return [
        {
          ...program,
          id: endpointId,
          family: about.family,
          organizationId: about.organizationId,
          name: about.name,
          enabled,
          disabledBy,
          sees: sightOf(about.organizationId, known),
          signingKeys: keys.get(endpointId) ?? [],
        },
      ];
    });
    list = made;
    byId = new Map(made.map((endpoint) => [endpoint.id, endpoint]));
    mark = seen;
    for (const listener of [...listeners]) listener();
  };

  const refresh = coalesce(async () => {
    if (!stopped) await load();
  });
  const reload = (): void => {
    clearTimeout(retry);
    refresh().catch((error: unknown) => {
      notes.warn('the endpoints could not be read; those of before stay in force', {}, error);
      if (!stopped) retry = setTimeout(reload, RETRY_AFTER);
    });
  };

  await load();
  const unlisten = database.listener.subscribe(ENDPOINTS, { notify: reload, resync: reload });
  const timer = setInterval(reload, RELOAD_EVERY);
  return {
    endpoints: () => list,
    byId: (id) => byId.get(id),
    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    refresh,
    async stop() {
      stopped = true;
      clearInterval(timer);
      clearTimeout(retry);
      unlisten();
      await refresh().catch(() => undefined);
    },
  };
}
