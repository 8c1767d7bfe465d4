import { createHmac } from 'node:crypto';
import type { Database } from '../core/database/database.ts';
import { run } from '../core/database/statement.ts';
import { DICTIONARY, deadSettings, restSettings, sapSettings, stumblingSettings } from './endpoints.ts';
import { openReceiver, type Received, type Receiver } from './receiver.ts';
import type { Rest } from './rest.ts';
import type { Stage } from './stage.ts';
import type { Say } from './texts.ts';
import { until } from './until.ts';

/**
 * The customers' web services: two that take what comes, one that fails twice before it does, one that takes a connection and says nothing; and the
 * accounting of a provider, which takes news of the billing.
 * They are open before the hub starts, as its configuration names each of them: they are on this machine, where callbacks never go otherwise.
 */
export interface Receivers {
  readonly sap: Receiver;
  readonly rest: Receiver;
  readonly stumbling: Receiver;
  readonly dead: Receiver;
  readonly accounting: Receiver;
}

export async function openReceivers(): Promise<Receivers> {
  return {
    sap: await openReceiver(() => 200),
    rest: await openReceiver(() => 202),
    stumbling: await openReceiver((earlier) => (earlier < 2 ? 500 : 200)),
    dead: await openReceiver(() => undefined),
    accounting: await openReceiver(() => 200),
  };
}

/** What the demonstration found; `good`: everything came as often as the flow of the trip says, signed and in order. */
export interface CallbacksVerdict {
  readonly good: boolean;
  readonly delivered: number;
  /** From the call of REST to the receiver, milliseconds, sorted. */
  readonly waits: readonly number[];
  readonly attempts: number;
  readonly waiting: number;
}

export interface CallbacksStage {
  readonly stage: Stage;
  readonly say: Say;
  readonly language: 'ru' | 'en';
  /** As the agent, who may do everything. */
  readonly rest: Rest;
  /** Adds an operator who may do only this. @returns REST as that one. */
  operator(login: string, rights: readonly string[]): Promise<Rest>;
  readonly database: Database;
}

type Added = { readonly id: number; readonly signing_secret: string | null };
type Trip = { readonly id_ComplexReserve: number; readonly id_Reserve: number };

/** Standard Webhooks: HMAC-SHA256 over id, time and body, as the receiver itself computes it. */
function isSigned({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

const CODE = { ru: 'ТК-7/2', en: 'TK-7/2' } as const;
/** Of the flow below: two orders created, booked, confirmed; the clean copy; two issued; two completed. */
const EXPECTED = 11;

/** Endpoints, then the flow of a trip from its first service to its last ticket, and what arrives (spec of callbacks, 2.6). */
export async function playCallbacks(receivers: Receivers, at: CallbacksStage): Promise<CallbacksVerdict> {
  const { stage, say } = at;
  const { secret, organization, dictionary, dead } = await stage.step(say('endpoints'), () => setUp(receivers, at));
  const waits: number[] = [];
  await stage.step(say('trip'), () => travel(receivers, at, { organization, dictionary, waits }));

  const attempts = await stage.step(say('stumbles'), async () => {
    const { received } = receivers.stumbling;
    await until('the third attempt', () => received.length >= 3);
    const [first] = received;
    for (const each of received) {
      const { attempt, eventId, callbackId } = JSON.parse(each.body);
      const after = ((each.at - (first?.at ?? 0)) / 1000).toFixed(1);
      stage.detail(say('attempt', { after, attempt, status: each.status ?? '', eventId, callbackId }));
    }
    return received.length;
  });

  const waiting = await stage.step(say('deadStep'), async () => {
    const ordered = waits.toSorted((a, b) => a - b);
    stage.detail(
      say('healthy', { n: ordered.length, half: Math.round(ordered[ordered.length >> 1] ?? 0), most: Math.round(ordered.at(-1) ?? 0) }),
    );
    await until('the attempts at the dead receiver to end', async () => (await dueOf(at.database, dead)).underWay === 0);
    const { waiting } = await dueOf(at.database, dead);
    stage.detail(say('dead', { n: receivers.dead.received.length, waiting }));
    return waiting;
  });

  const signed = receivers.rest.received.filter((each) => isSigned(each, secret)).length;
  const [sap, rest] = [receivers.sap.received.length, receivers.rest.received.length];
  return {
    good: sap === EXPECTED && rest === EXPECTED && signed === EXPECTED && attempts === 3 && waiting > 0,
    delivered: sap + rest,
    waits,
    attempts,
    waiting,
  };
}

async function dueOf(database: Database, endpoint: number): Promise<{ underWay: number; waiting: number }> {
  const { rows } = await run<{ underWay: number; waiting: number }>(
    database.work,
    `SELECT count(*) FILTER (WHERE lane = 0 OR holder IS NOT NULL)::int AS "underWay", count(*) FILTER (WHERE lane = 1 AND holder IS NULL)::int AS waiting
     FROM delivery_due WHERE target = $1`,
    [endpoint],
  );
  return rows[0] ?? { underWay: 0, waiting: 0 };
}

async function setUp(
  { sap, rest, stumbling, dead }: Omit<Receivers, 'accounting'>,
  { stage, say, language, rest: hub, operator }: CallbacksStage,
) {
  const organization = await hub.call<{ id_Organization: number }>('POST', '/organizations', { Name: say('customer'), kind: 'client' });
  const dictionary = await hub.call<{ id_MetaDictionary: number }>('POST', '/dictionaries', {
    Name: DICTIONARY[language],
    mandatory: true,
  });
  const { id_MetaDictionary } = dictionary;
  const { id_Organization } = organization;
  await hub.call('POST', `/dictionaries/${id_MetaDictionary}/codes`, { CodeValue: CODE[language] });
  await hub.call('POST', '/relations', { kind: 'MetaDictionaryForOrganization', id_Subject: id_MetaDictionary, id_Organization });

  const customer = await operator('customer', [`callbacks.allow.request@${id_Organization}`]);
  const support = await operator('support', ['callbacks.allow.approve']);
  const add = async (host: string, settings: object): Promise<Added> => {
    const wish = { ...settings, organization_id: id_Organization };
    let answer = await hub.ask<Added & { reason?: string }>('POST', '/callbacks/endpoints', wish);
    // The callbacks hear of a new dictionary a moment after it was made.
    await until('dictionary', async () => {
      if (answer.body.reason === 'template') answer = await hub.ask('POST', '/callbacks/endpoints', wish);
      return answer.body.reason !== 'template';
    });
    if (answer.status >= 300) throw new Error(`the endpoint of ${host} was not added: ${JSON.stringify(answer.body)}`);
    const added = answer.body;
    const enabled = await hub.ask<{ detail: string }>('POST', `/callbacks/endpoints/${added.id}/enable`, {});
    if (enabled.status < 300) throw new Error(`${host} is not on the allow-list, and was enabled all the same`);
    const wanted = { address: `http://${host}`, reason: 'demo' };
    const { allow_id } = await customer.call<{ allow_id: number }>('POST', '/callbacks/allow-requests', wanted);
    await hub.call('POST', `/callbacks/allow-requests/${allow_id}/forward`, {});
    await support.call('POST', `/callbacks/allow-requests/${allow_id}/approve`, {});
    // The first one shows what the source describes; the others would say the same.
    if (host === sap.host) {
      stage.detail(say('notAllowed', { detail: enabled.body.detail }));
      stage.detail(say('allowed', { address: `http://${host}` }));
    }
    await hub.call('POST', `/callbacks/endpoints/${added.id}/enable`, {});
    return added;
  };
  const first = await add(sap.host, sapSettings(sap.host, language));
  stage.detail(say('endpointSap', { id: first.id, host: sap.host }));
  const second = await add(rest.host, restSettings(rest.host, language));
  stage.detail(say('endpointRest', { id: second.id, host: rest.host }));
  const third = await add(stumbling.host, stumblingSettings(stumbling.host));
  stage.detail(say('endpointStumbling', { id: third.id, host: stumbling.host }));
  const fourth = await add(dead.host, deadSettings(dead.host));
  stage.detail(say('endpointDead', { id: fourth.id, host: dead.host }));
  return {
    organization: id_Organization,
    dictionary: id_MetaDictionary,
    secret: second.signing_secret ?? '',
    dead: fourth.id,
  };
}

async function travel(
  { sap, rest }: Receivers,
  { stage, say, language, rest: hub }: CallbacksStage,
  { organization, dictionary, waits }: { organization: number; dictionary: number; waits: number[] },
): Promise<void> {
  let told = 0;
  /** Does one thing and waits for the callbacks that it makes at both receivers. */
  const act = async <T>(what: string, callbacks: number, method: string, path: string, body: object): Promise<T> => {
    const begun = performance.now();
    const answer = await hub.call<T>(method, path, body);
    told += callbacks;
    await until('callbacks', () => sap.received.length >= told && rest.received.length >= told);
    const came = [sap, rest].map(({ received }) => received.slice(told - callbacks));
    waits.push(...came.flat().map((each) => each.at - begun));
    stage.detail(`${what}${callbacks === 0 ? say('silent') : ''}`);
    for (const { body: text } of came[1] ?? []) {
      const { event, text: sentence } = JSON.parse(text);
      stage.detail(`  ${event}: ${sentence}`);
    }
    return answer;
  };
  const order = { persons: [], automated: true };
  const created = await act<Trip>(say('chosen'), 1, 'POST', '/orders', { ...order, id_Organization: organization, ReserveType: 'avia' });
  const trip = created.id_ComplexReserve;
  const second = await act<Trip>(say('chosenMore'), 1, 'POST', `/trips/${trip}/orders`, { ...order, ReserveType: 'hotel' });
  await act(say('booked'), 2, 'POST', `/trips/${trip}/book`, {});
  const orders = [created.id_Reserve, second.id_Reserve];
  for (const id of orders) await act(say('confirmed', { id }), 1, 'POST', `/orders/${id}/confirm`, { locator: `DEMO${id}` });
  const codes = [{ id_MetaDictionary: dictionary, CodeValue: CODE[language] }];
  await act(say('codesSet'), 0, 'PUT', `/trips/${trip}/codes`, { codes });
  await act(say('cleanCopy'), 1, 'POST', `/trips/${trip}/to-cleancopy`, {});
  await act(say('issued'), 2, 'POST', `/trips/${trip}/issue`, {});
  for (const id of orders) {
    const documents = [{ kind: 'ticket', number: `42142${String(id).padStart(8, '0')}` }];
    await act(say('completed', { id }), 1, 'POST', `/orders/${id}/complete`, { documents });
  }
  const last = sap.received.at(-1);
  stage.detail(say('asReceived'));
  if (!last) return;
  const { 'content-type': type, soapaction, 'user-agent': agent } = last.headers;
  stage.detail(`  ${last.method} ${last.path}\n  content-type: ${type}\n  soapaction: ${soapaction}\n  user-agent: ${agent}\n`);
  stage.detail(last.body.replace(/^/gm, '  '));
}
