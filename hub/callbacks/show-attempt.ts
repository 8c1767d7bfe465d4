import type { Queryable, Transaction } from '../core/database/statement.ts';
import { type LogRow, readAttempts } from '../core/deliveries/log.ts';
import { HubError } from '../core/errors.ts';
import { parsePosition } from '../core/events/position.ts';
import { audit } from '../core/identity/audit.ts';
import { type Caller, inScope, scopeOf } from '../core/identity/caller.ts';
import type { SecretKey } from '../core/identity/secret-key.ts';
import { SUBSCRIBER_VARIABLES } from './billing-variables.ts';
import type { Exchange } from './body-block.ts';
import { type BodyView, viewBody } from './body-view.ts';
import { bodyPlace, CONTRACT_TYPES } from './delivery-view.ts';
import type { MaskClass } from './endpoint.ts';
import { MASK } from './header-secrets.ts';
import { elementsToHide, maskPersonal, valuesIn } from './mask-personal.ts';
import { readExchange } from './record-attempts.ts';
import { loadDelivery } from './show-delivery.ts';
import { maskOf } from './sql/log.ts';
import { eventAt } from './sql/recent-events.ts';
import { subscriberTexts } from './subscriber-texts.ts';

/** The bytes of an attempt as they are shown. Secrets were never kept: they are `***` always. */
export interface AttemptBytes {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bytes: number;
  /** Null: nothing was sent, or all of it is hidden (`hidden`). */
  readonly body: BodyView | null;
  /** The very bytes, for those who may read them. */
  readonly base64: string | null;
  readonly answer: {
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly bytes: number;
    /** For those who may read personal data only. */
    readonly body: BodyView | null;
  };
  /** Whether personal data is hidden. */
  readonly masked: boolean;
  /** Why all of the body is: what is personal in it cannot be told apart. */
  readonly hidden: 'unknown_values' | null;
}

const headerOf = (headers: Exchange['headers'], wanted: string): string =>
  headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? '';

const viewOf = (bytes: Buffer, headers: Exchange['headers']): BodyView | null =>
  bytes.length === 0 ? null : viewBody(bytes, headerOf(headers, 'content-type'));

/** What a receiver sets for itself is nobody else's. */
const withoutCookies = (headers: Exchange['headers']): Exchange['headers'] =>
  headers.map(([name, value]) => [name, name.toLowerCase() === 'set-cookie' ? MASK : value] as const);

const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []);

/** What is to be hidden in the texts of a delivery; undefined: it cannot be told, so all of it is. */
type Secrets = { readonly elements: readonly string[]; readonly values: readonly string[] } | undefined;

const NOTHING: Secrets = { elements: [], values: [] };

/** Of the billing: where its personal variables were sent as they are, their values. */
async function secretsOfBilling(db: Queryable, row: LogRow): Promise<Secrets> {
  const [settings] = await maskOf(db, row.target, SUBSCRIBER_VARIABLES.join('|'));
  if (settings?.mask.includes('subscribers') === false) return NOTHING;
  // What a test with edited settings sent stands in no version.
  if (row.extra?.['edited'] === true || settings?.named === 'filtered') return undefined;
  if (settings?.named === 'never') return NOTHING;
  const event = await eventOf(db, row.ref);
  const values = event && subscriberTexts(event);
  return values && { elements: [], values };
}

async function secretsOf(db: Queryable, row: LogRow): Promise<Secrets> {
  if (CONTRACT_TYPES.includes(row.type)) return secretsOfBilling(db, row);
  const [settings] = await maskOf(db, row.target, 'RelatedName');
  const mask: readonly MaskClass[] = settings?.mask ?? [];
  const event = await eventOf(db, row.ref);
  const elements = elementsToHide(row.type, mask, textsOf(event?.['sensitive']));
  const values = ['before', 'after', 'unrelated'].flatMap((name) => {
    const fragment = event?.[name];
    return typeof fragment === 'string' ? valuesIn(fragment, elements) : [];
  });
  // A person's code names the person as its far end; without the event, or filtered, nobody can find the name again.
  if (row.type !== 'MetaCodeForPerson' || !mask.includes('names') || settings?.named === 'never') return { elements, values };
  const related = event?.['related'];
  const name = typeof related === 'object' && related !== null && 'name' in related ? related.name : undefined;
  if (typeof name !== 'string' || settings?.named === 'filtered') return undefined;
  return { elements, values: [...values, name, ...name.split(' ')] };
}

/** The event of a delivery; undefined when it is kept no more, or never was one. */
async function eventOf(db: Queryable, position: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (!/^\d{1,20}-\d{1,15}$/.test(position)) return undefined;
  const { txid, id } = parsePosition(position);
  return (await eventAt(db, txid, id))[0]?.data;
}

function masked(exchange: Exchange, secrets: Secrets): Omit<AttemptBytes, 'answer' | 'masked' | 'bytes'> {
  const { method, url, headers, body } = exchange;
  const hide = (text: string): string => (secrets ? maskPersonal(text, secrets.elements, secrets.values) : MASK);
  const view = viewOf(body, headers);
  return {
    method,
    url: secrets ? hide(url) : MASK,
    headers: headers.map(([name, value]) => [name, secrets ? hide(value) : MASK] as const),
    body: view && secrets ? { ...view, text: hide(view.text), pretty: view.pretty === null ? null : hide(view.pretty) } : null,
    base64: null,
    hidden: secrets ? null : 'unknown_values',
  };
}

/**
 * What an attempt sent and got. Personal data of the classes that the endpoint masks is hidden, and the answer's body is; with `unmasked` all is
 * shown to those who have `callbacks.payload`, and audited.
 * @throws HubError NOT_FOUND (`body_gone` when the bytes are no longer kept, `body_none` when nothing was sent), FORBIDDEN.
 */
export async function showAttempt(
  tx: Transaction,
  caller: Caller,
  secretKey: SecretKey,
  { id, number, unmasked }: { readonly id: number; readonly number: number; readonly unmasked: boolean },
): Promise<AttemptBytes> {
  const { row, endpoint } = await loadDelivery(tx, caller, 'callbacks.read', id);
  if (unmasked && !inScope(scopeOf(caller, 'callbacks.payload'), endpoint.organizationId))
    throw new HubError('FORBIDDEN', 'the right callbacks.payload is needed to read personal data', {
      russian: 'чтобы видеть персональные данные, нужно право callbacks.payload',
    });
  const attempt = (await readAttempts(tx, 'callbacks', row)).find((one) => one.number === number);
  if (!attempt)
    throw new HubError('NOT_FOUND', `delivery ${id} has no attempt ${number}`, { russian: `у доставки ${id} нет попытки ${number}` });
  const place = bodyPlace(attempt);
  const exchange = await readExchange(tx, secretKey, place ?? {});
  if (!exchange) {
    const gone = place !== undefined || attempt.facts?.['erased'] === true;
    throw new HubError('NOT_FOUND', gone ? 'the bytes of this attempt are no longer kept' : 'this attempt sent nothing', {
      reason: gone ? 'body_gone' : 'body_none',
      russian: gone ? 'байты этой попытки уже не хранятся' : 'эта попытка ничего не отправила',
    });
  }
  const { body, answer, answerHeaders, ...sent } = exchange;
  const bytes = body.length;
  const headers = withoutCookies(answerHeaders);
  if (!unmasked) {
    const shown = masked(exchange, await secretsOf(tx, row));
    return { ...shown, bytes, answer: { headers, bytes: answer.length, body: null }, masked: true };
  }
  await audit(tx, caller, { action: 'callbacks.attempt.read', object: `${id}/${number}`, after: { endpoint: row.target, key: row.key } });
  return {
    ...sent,
    bytes,
    body: viewOf(body, exchange.headers),
    base64: body.toString('base64'),
    answer: { headers, bytes: answer.length, body: viewOf(answer, answerHeaders) },
    masked: false,
    hidden: null,
  };
}
