import { hash } from 'node:crypto';
import type { Transaction } from '../core/database/statement.ts';
import type { EndState } from '../core/deliveries/outcome.ts';
import { storeEnded } from '../core/deliveries/store-ended.ts';
import { audit } from '../core/identity/audit.ts';
import type { Caller } from '../core/identity/caller.ts';
import type { Exchange } from './body-block.ts';
import { type BodyView, viewBody } from './body-view.ts';
import type { EndpointFinding } from './check-endpoint.ts';
import { MASK } from './header-secrets.ts';
import type { EndpointProgram } from './live-endpoint.ts';
import { type PreparedTest, prepareTest, type TestInput, type TestPorts } from './prepare-test.ts';
import { orderingKey } from './recipients.ts';
import { keepExchange } from './record-attempts.ts';
import { type SentTest, sendTest } from './send-test.ts';

/** What a test showed. */
export interface TestAnswer {
  /** In the log. */
  readonly delivery_id: number;
  readonly state: EndState;
  /** Why it did not succeed, for programs and for people; null when it did. */
  readonly code: string | null;
  readonly message: string | null;
  readonly russian: string | null;
  readonly event_type: string;
  /** Whether the endpoint would get the event, were it enabled; null for a sample. */
  readonly matches: boolean | null;
  readonly findings: readonly EndpointFinding[];
  /** What was sent, secrets as `***`; null when it could not be rendered. */
  readonly request: {
    readonly method: 'POST' | 'GET';
    readonly url: string;
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly bytes: number;
    readonly body: BodyView | null;
    readonly notes: readonly string[];
  } | null;
  /** What came back; null when nothing did. */
  readonly answer: {
    readonly status: number;
    readonly headers: readonly (readonly [name: string, value: string])[];
    /** At most 64 KiB were kept. */
    readonly bytes: number;
    readonly cut: boolean;
    /** Null for those without `callbacks.payload`. */
    readonly body: BodyView | null;
  } | null;
  /** Milliseconds from the beginning until a step was over; null when the address was refused. */
  readonly timing: Readonly<Record<string, number | null>> | null;
}

const EMPTY = Buffer.alloc(0);

const exchangeOf = ({ settings, secretHeaders }: EndpointProgram, { rendered, came }: SentTest): Exchange | undefined =>
  rendered && {
    method: settings.method,
    url: rendered.url,
    headers: rendered.signed.map(([name, value]) => [name, secretHeaders.has(name.toLowerCase()) ? MASK : value] as const),
    answerHeaders: came?.kind === 'answer' ? came.headers : [],
    body: rendered.body ?? EMPTY,
    answer: came?.kind === 'answer' ? Buffer.from(came.body.buffer, came.body.byteOffset, came.body.byteLength) : EMPTY,
  };

/** The test as a delivery in the log (spec 6.6): type CallbackTest or the event's own, marked as a test, with its one attempt. */
async function record(
  tx: Transaction,
  caller: Caller,
  ports: TestPorts,
  input: TestInput,
  { deliveryId, program, example }: PreparedTest,
  sent: SentTest,
  exchange: Exchange | undefined,
  duration: number,
): Promise<void> {
  const { rendered, facts } = sent;
  const place = exchange && (await keepExchange(tx, ports.secretKey, exchange, program.settings.retention_days.bodies));
  const { body, notes = [] } = rendered ?? {};
  const order = example.event?.data['id_Reserve'];
  await storeEnded(tx, 'callbacks', {
    id: deliveryId,
    target: input.id,
    key: example.event ? orderingKey(example.event.data) : 0,
    type: example.eventType,
    ref: example.eventId,
    extra: JSON.stringify({
      test: true,
      by: caller.login,
      ...(typeof order === 'number' && { order }),
      ...(Object.keys(input.change).length > 0 && { edited: true }),
    }),
    state: sent.state,
    status: sent.status,
    code: sent.code,
    duration,
    hubId: ports.hubId,
    facts: JSON.stringify({
      version: program.version,
      bytes: body?.length ?? 0,
      ...(body && { sha256: hash('sha256', body, 'base64') }),
      ...(notes.length > 0 && { notes }),
      ...facts,
      ...(sent.message !== null && { message: sent.message }),
      ...place,
    }),
  });
  if (sent.cause) {
    await audit(tx, caller, {
      action: 'callbacks.endpoint.test_refused',
      object: String(input.id),
      after: { delivery: deliveryId, ...sent.cause },
    });
  }
}

const contentTypeOf = (headers: Exchange['headers']): string => headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';

/**
 * Sends a test and waits for what comes of it (spec 6.6): the settings as they are in the editor, by the same renderer, allow-list, guard, client
 * and log as every delivery, with one attempt. The endpoint need not be enabled, and is not judged by it.
 * @throws HubError NOT_FOUND, TOO_MANY_REQUESTS `test_rate`, VALIDATION and BAD_REQUEST for settings that cannot be saved, FORBIDDEN when an event is chosen
 * without `callbacks.payload`.
 */
export async function testEndpoint(caller: Caller, ports: TestPorts, input: TestInput): Promise<TestAnswer> {
  const { database } = ports;
  const callbackId = await ports.ticks.next();
  const prepared = await database.transaction((tx) => prepareTest(tx, caller, ports, input, callbackId));
  const { program, example, findings, mayReadAnswer } = prepared;
  const begin = performance.now();
  const sent = await sendTest(ports, prepared);
  const duration = performance.now() - begin;
  const exchange = exchangeOf(program, sent);
  await database.transaction((tx) => record(tx, caller, ports, input, prepared, sent, exchange, duration));
  const { came, rendered } = sent;
  return {
    delivery_id: prepared.deliveryId,
    state: sent.state,
    code: sent.code,
    message: sent.message,
    russian: sent.russian,
    event_type: example.eventType,
    matches: example.matches,
    findings,
    request: exchange
      ? {
          method: program.settings.method,
          url: exchange.url,
          headers: exchange.headers,
          bytes: exchange.body.length,
          body: rendered?.body ? viewBody(rendered.body, contentTypeOf(exchange.headers)) : null,
          notes: rendered?.notes ?? [],
        }
      : null,
    answer:
      came?.kind === 'answer' && exchange
        ? {
            status: came.status,
            headers: came.headers,
            bytes: came.body.byteLength,
            cut: sent.facts['cut'] === true,
            body: mayReadAnswer ? viewBody(came.body, contentTypeOf(came.headers)) : null,
          }
        : null,
    timing: (sent.facts['ms'] as TestAnswer['timing'] | undefined) ?? null,
  };
}
