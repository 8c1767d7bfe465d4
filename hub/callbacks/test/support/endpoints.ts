import { randomBytes, randomUUID } from 'node:crypto';
import type { QueryResultRow } from 'pg';
import { createTestDatabase } from '../../../../test/support/database.ts';
import type { Database } from '../../../core/database/database.ts';
import { run, type Value } from '../../../core/database/statement.ts';
import type { StoredEvent } from '../../../core/events/subscribe.ts';
import type { Caller } from '../../../core/identity/caller.ts';
import { exportKey, keyToPem, makeRoot, newKeyPair } from '../../../core/identity/certificate.ts';
import { createSecretKey, type SecretKey } from '../../../core/identity/secret-key.ts';
import type { HubPorts } from '../../../core/module.ts';
import { type ModuleRest, startModuleRest } from '../../../test/support/module-rest.ts';
import { callbackRoutes } from '../../api.ts';
import type { EndpointPorts } from '../../check-endpoint.ts';
import { addAllowEntry } from '../../create-allow-request.ts';
import type { SendMessage } from '../../deliver-callback.ts';
import { type NewEndpointInput, newEndpointInput } from '../../endpoint.ts';
import { projectNames } from '../../project-names.ts';
import { policyOf } from './guard.ts';

/** The operator of the tests, with every right. */
export const ALICE: Caller = { login: 'alice', rights: ['*'], face: 'rest', address: '192.0.2.7', requestId: 'r-1' };

export const BIN_BASE = 'https://hub.example/bin';
/** The address of a request bin as this hub would give it. */
export const BIN = `${BIN_BASE}/AbCdEfGhIjKlMnOpQrStUv`;

/** Nothing leaves the bench. */
const NOWHERE: SendMessage = async () => ({ kind: 'failed', code: 'aborted', connect: false });

export interface EndpointBench {
  readonly url: string;
  readonly database: Database;
  readonly secretKey: SecretKey;
  readonly ports: EndpointPorts;
  /** The module's routes behind the hub's own HTTP listener. */
  readonly rest: ModuleRest;
  /** Settings as a face would hand them on. */
  input(settings: object): NewEndpointInput;
  rows<R extends QueryResultRow>(text: string, values?: readonly Value[]): Promise<R[]>;
  /** Puts an address on the allow-list. */
  allow(address: string, organizations?: readonly number[]): Promise<void>;
  /** Takes events of travel into the projections, as the subscription does. */
  tell(...events: readonly { type: string; data: Record<string, unknown> }[]): Promise<void>;
  dictionary(id: number, name: string | null, latin?: string | null): Promise<void>;
  organization(id: number, kind: 'agency' | 'client', parent?: number | null): Promise<void>;
  drop(): Promise<void>;
}

export async function openEndpointBench(): Promise<EndpointBench> {
  const test = await createTestDatabase();
  const { database } = test;
  const secretKey = createSecretKey(randomBytes(32));
  const ports: EndpointPorts = { secretKey, binBase: BIN_BASE, policy: policyOf() };
  const hub = { database } as HubPorts;
  const rest = await startModuleRest(database, {
    callbacks: callbackRoutes(
      hub,
      {
        ...ports,
        database,
        hubId: randomUUID(),
        ticks: { next: async () => 639309366001230000n },
        binDays: 7,
        testsPerMinute: 10,
        send: NOWHERE,
      },
      async () => undefined,
    ),
  });
  const tell: EndpointBench['tell'] = (...events) =>
    database.transaction((tx) =>
      projectNames(
        tx,
        events.map(
          (event): StoredEvent => ({ position: '1-1', time: Temporal.Now.instant(), source: '/travel', subject: undefined, ...event }),
        ),
      ),
    );
  return {
    url: test.url,
    database,
    secretKey,
    ports,
    rest,
    input: (settings) => newEndpointInput.parse(settings),
    rows: async <R extends QueryResultRow>(text: string, values: readonly Value[] = []) => (await run<R>(database.work, text, values)).rows,
    async allow(address, organizations = []) {
      await database.transaction((tx) =>
        addAllowEntry(tx, ALICE, ports.policy, { address, organizations: [...organizations], reason: 'test' }),
      );
    },
    tell,
    dictionary: (id, name, latin = null) =>
      tell({
        type: 'vestnik.travel.SimpleMetaDictionary',
        data: {
          family: 'static',
          action: name === null ? 'delete' : 'update',
          id_Object: id,
          object: { id_MetaDictionary: id, Name: name ?? 'gone', NameLatin: latin, id_Group: 1 },
        },
      }),
    organization: (id, kind, parent = null) =>
      tell({
        type: 'vestnik.travel.Organization',
        data: { family: 'organization', action: 'create', id_Organization: id, Name: `Org ${id}`, kind, active: true, id_Parent: parent },
      }),
    async drop() {
      await rest.stop();
      await test.drop();
    },
  };
}

/** A certificate with its key, PEM. @param days of validity, from `from` on. */
export async function certificatePair(
  about: { from?: Temporal.Instant; days?: number } = {},
): Promise<{ certificate: string; key: string }> {
  const keys = await newKeyPair();
  const certificate = await makeRoot('receiver', keys, about.from ?? Temporal.Now.instant(), about.days ?? 30);
  return { certificate: certificate.toString('pem'), key: keyToPem(await exportKey(keys.privateKey)) };
}
