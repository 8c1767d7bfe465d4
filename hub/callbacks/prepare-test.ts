import type { Database } from '../core/database/database.ts';
import type { Transaction } from '../core/database/statement.ts';
import { takeDeliveryId } from '../core/deliveries/store-ended.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import { type Caller, inScope, scopeOf } from '../core/identity/caller.ts';
import { checkEndpoint, type EndpointFinding, type EndpointPorts, requireFaultless } from './check-endpoint.ts';
import { requireFamily } from './check-family-rights.ts';
import type { SendMessage } from './deliver-callback.ts';
import type { SettingsInput } from './endpoint.ts';
import { openSecrets, openSigningSecret, takeSecrets } from './endpoint-secrets.ts';
import { TEST_EVENT_TYPE } from './event-types.ts';
import { compileEndpoint, type EndpointProgram, keysAt } from './live-endpoint.ts';
import { loadEndpoint } from './load-endpoint.ts';
import { type Example, loadExample } from './load-example.ts';
import type { SampleSet } from './render/samples.ts';
import { signingKey } from './signing.ts';
import { signingSecretsOf } from './sql/signing-secrets.ts';
import { nextTestTurn, takeTestTurn } from './sql/test-turns.ts';
import type { TickSource } from './ticks.ts';

/** What a test needs of the hub. */
export interface TestPorts extends EndpointPorts {
  readonly database: Database;
  readonly hubId: string;
  readonly ticks: TickSource;
  readonly send: SendMessage;
  /** Tests of one user in a minute. */
  readonly testsPerMinute: number;
}

export interface TestInput {
  readonly id: number;
  /** Settings as they are in the editor; those left out as they are saved. */
  readonly change: SettingsInput;
  /** Position of a past event. (Default: sample values with the type CallbackTest) */
  readonly event?: string | undefined;
  readonly sample?: SampleSet | undefined;
}

/** Everything that is decided before anything is sent. */
export interface PreparedTest {
  readonly deliveryId: number;
  readonly program: EndpointProgram;
  readonly organizationId: number | null;
  readonly findings: readonly EndpointFinding[];
  readonly example: Example;
  readonly keys: readonly Buffer[];
  readonly mayReadAnswer: boolean;
}

/** The place of an event that never was, each test's own: receivers drop what they have seen. */
const noEvent = (deliveryId: number): string => `0-${deliveryId}`;

async function requireTurn(tx: Transaction, caller: Caller, most: number): Promise<void> {
  if ((await takeTestTurn(tx, caller.login, most)).length > 0) return;
  const [next] = await nextTestTurn(tx, caller.login);
  throw new HubError('TOO_MANY_REQUESTS', `${most} tests can be sent in a minute, and they were`, {
    retryAfter: next?.seconds ?? 60,
    reason: 'test_rate',
    russian: `за минуту можно отправить ${most} тестов, они уже отправлены`,
  });
}

/**
 * Checks the settings of a test as a save would, takes the user's turn, chooses what is sent, and writes the audit.
 * @throws HubError as `testEndpoint`.
 */
export async function prepareTest(
  tx: Transaction,
  caller: Caller,
  ports: TestPorts,
  input: TestInput,
  callbackId: bigint,
): Promise<PreparedTest> {
  const { id } = input;
  const row = await loadEndpoint(tx, caller, 'callbacks.write', id);
  requireFamily(caller, row.family);
  await requireTurn(tx, caller, ports.testsPerMinute);
  const { family, organizationId, version, versionId } = row;
  const stored = openSecrets(ports.secretKey, id, version, row.secrets);
  const checked = await checkEndpoint(tx, ports, { family, organizationId, base: row.settings, secrets: stored, input: input.change });
  // Whether the address may be called is for the guard, which answers all its refusals alike (spec 6.6).
  const findings = checked.findings.filter(({ code }) => code !== 'address_refused' && code !== 'address_not_allowed');
  requireFaultless({ ...checked, findings });
  const { shown, secrets } = takeSecrets(checked.settings);
  const about = { family, versionId, version, settings: shown, dictionaries: checked.dictionaries };
  const program = compileEndpoint(about, secrets, Math.random);
  const deliveryId = await takeDeliveryId(tx);
  const example = await loadExample(tx, caller, {
    family,
    organizationId,
    settings: shown,
    event: input.event,
    sample: input.sample,
    attempt: { deliveryId: String(deliveryId), attempt: 1, callbackId },
    sampleIs: { eventId: noEvent(deliveryId), eventType: TEST_EVENT_TYPE.name },
  });
  const signingKeys = (await signingSecretsOf(tx, [id])).flatMap(({ secretId, sealed, validUntil }) => {
    const key = signingKey(openSigningSecret(ports.secretKey, secretId, sealed));
    return key ? [{ key, until: validUntil?.epochMilliseconds ?? Number.POSITIVE_INFINITY }] : [];
  });
  await audit(tx, caller, {
    action: 'callbacks.endpoint.test',
    object: String(id),
    after: { delivery: deliveryId, version, edited: Object.keys(input.change), event: example.event?.position ?? null },
  });
  return {
    deliveryId,
    program,
    organizationId,
    findings,
    example,
    keys: keysAt({ settings: shown, signingKeys }, Date.now()),
    mayReadAnswer: inScope(scopeOf(caller, 'callbacks.payload'), organizationId),
  };
}
