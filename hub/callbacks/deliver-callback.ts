import { hash } from 'node:crypto';
import type { Queryable } from '../core/database/statement.ts';
import type { DueItem, Outcome } from '../core/deliveries/outcome.ts';
import { measure, notesOf } from '../core/telemetry/channels.ts';
import type { Exchange } from './body-block.ts';
import type { EndpointTable } from './endpoint-table.ts';
import type { EventMemory, KnownEvent } from './event-memory.ts';
import { MASK } from './header-secrets.ts';
import { keysAt, type LiveEndpoint } from './live-endpoint.ts';
import { type Rendered, RenderFault } from './message.ts';
import { signatureHeaders } from './signing.ts';
import { latestStates } from './sql/deliveries.ts';
import type { TickSource } from './ticks.ts';
import { valueContext, valuesOf } from './value-context.ts';
import { type Came, judge } from './verdict.ts';

/** What the log keeps of an attempt. */
export interface AttemptRecord {
  readonly endpoint: LiveEndpoint | undefined;
  /** Undefined when nothing was made to send. */
  readonly exchange: Exchange | undefined;
  /** Whatever else is worth knowing: JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** The endpoint is to be disabled: the receiver says that it is gone. */
  readonly gone: boolean;
}

/** How a rendered message leaves: by the network, or into a request bin. Answers whatever came of it; rejects never. */
export type SendMessage = (message: {
  readonly endpoint: Pick<LiveEndpoint, 'settings' | 'tls' | 'organizationId' | 'secretHeaders'>;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | undefined;
  /** Its values are made up, so it holds nobody's data. (Default: false) */
  readonly sample?: boolean;
  readonly signal: AbortSignal;
}) => Promise<
  Came & {
    readonly facts?: Readonly<Record<string, unknown>>;
    readonly secret?: string;
    readonly message?: string;
    readonly russian?: string;
  }
>;

export interface DeliverPorts {
  readonly db: Queryable;
  readonly table: EndpointTable;
  readonly memory: EventMemory;
  readonly ticks: TickSource;
  readonly send: SendMessage;
  /** Bytes of an earlier attempt, for a resend of the same. */
  readonly storedExchange: (delivery: number, attempt: number) => Promise<Exchange | undefined>;
}

/** What a delivery carries beside its event. */
export interface DeliveryExtra {
  /** `@CallbackId`, when it is fixed for the delivery. */
  readonly callbackId?: string;
  /** The order that the event is about, for the search in the log. */
  readonly order?: number;
  /** A resend: of which delivery, and whether its stored bytes are sent or the event is rendered again. */
  readonly resendOf?: number;
  readonly bytesOf?: { readonly delivery: number; readonly attempt: number };
}

const notes = notesOf('callbacks.deliveries');
const EMPTY = Buffer.alloc(0);

/** The number of a delivery as receivers and people see it. */
export const deliveryId = (item: Pick<DueItem, 'id'>): string => String(item.id);

const without = (
  code: string,
  result: 'rejected' | 'canceled',
  endpoint: LiveEndpoint | undefined,
  message: string,
): Outcome<AttemptRecord> => ({
  result,
  status: null,
  code,
  health: 'unknown',
  record: { endpoint, exchange: undefined, facts: { message }, gone: false },
});

async function render(
  ports: DeliverPorts,
  endpoint: LiveEndpoint,
  event: KnownEvent,
  item: DueItem,
  extra: DeliveryExtra,
): Promise<Rendered> {
  const { settings, family, message } = endpoint;
  if (!message) throw new RenderFault('template', endpoint.fault ?? 'the templates cannot be compiled', 'шаблоны получателя неисправны');
  const { data } = event;
  const later = settings.values === 'at_send' && family === 'order' ? await statesNow(ports.db, data) : undefined;
  const context = valueContext(settings, {
    eventId: event.position,
    deliveryId: deliveryId(item),
    attempt: item.spent + 1,
    callbackId: extra.callbackId === undefined ? await ports.ticks.next() : BigInt(extra.callbackId),
    eventTime: event.time,
    eventType: item.type,
    ...(later && { states: later }),
  });
  try {
    return message.render(valuesOf(family, data, context));
  } catch (error) {
    if (error instanceof RenderFault) throw error;
    // A template that came through lint and fails all the same will fail each time; it must not be tried for ever (F18).
    notes.error('a message could not be made of its event', { endpoint: endpoint.id, delivery: item.id }, error);
    throw new RenderFault(
      'template',
      `the templates fail with this event: ${String(error)}`,
      'шаблоны не удалось применить к этому событию',
    );
  }
}

/** The states that are the latest now, as far as they are known; else those of the event. */
export async function statesNow(db: Queryable, data: KnownEvent['data']) {
  const [row] = await latestStates(db, (data['id_Reserve'] as number | null) ?? null, (data['id_ComplexReserve'] as number | null) ?? null);
  return {
    ReserveState: row?.orderState ?? (data['ReserveState'] as string | null),
    ComplexState: row?.tripState ?? (data['ComplexState'] as string),
  };
}

/** What is to be sent: the event rendered by the present version, or the very bytes of an earlier attempt. */
async function messageOf(
  ports: DeliverPorts,
  endpoint: LiveEndpoint,
  item: DueItem,
  extra: DeliveryExtra,
): Promise<Rendered | Outcome<AttemptRecord>> {
  if (extra.bytesOf) {
    const stored = await ports.storedExchange(extra.bytesOf.delivery, extra.bytesOf.attempt);
    if (!stored) return without('bytes_gone', 'rejected', endpoint, 'the bytes of the earlier attempt are no longer kept');
    // Secrets were not kept: the headers are those of the present version.
    const { message } = endpoint;
    const fresh = message?.render({ get: () => undefined, dic: () => undefined }).headers ?? [];
    const own = new Map(fresh.map(([name, value]) => [name.toLowerCase(), value] as const));
    const headers = stored.headers
      .filter(([name]) => !/^webhook-/i.test(name))
      .map(([name, value]) => [name, value === MASK ? (own.get(name.toLowerCase()) ?? value) : value] as const);
    return { url: stored.url, headers, body: stored.method === 'GET' ? undefined : stored.body, notes: [] };
  }
  const event = await ports.memory.find(item.ref);
  if (!event) return without('event_gone', 'rejected', endpoint, 'the event is no longer kept');
  return render(ports, endpoint, event, item, extra);
}

/**
 * Makes one attempt of a delivery: render, sign, send, judge (spec 1.3, 6.2). The answer decides by the endpoint's own rules.
 * @returns the outcome with what the log keeps of it.
 */
export function deliverCallback(ports: DeliverPorts) {
  return async (item: DueItem, signal: AbortSignal): Promise<Outcome<AttemptRecord>> => {
    const endpoint = ports.table.byId(item.target);
    if (!endpoint) return without('endpoint_deleted', 'canceled', undefined, 'the endpoint was deleted');
    const extra = (item.extra ?? {}) as DeliveryExtra;
    let message: Rendered | Outcome<AttemptRecord>;
    try {
      message = await messageOf(ports, endpoint, item, extra);
    } catch (error) {
      if (!(error instanceof RenderFault)) throw error;
      measure('vestnik_callback_render_errors_total', 1);
      return without(error.code, 'rejected', endpoint, error.message);
    }
    if ('result' in message) return message;
    const { url, headers, body, notes } = message;
    const keys = keysAt(endpoint, Date.now());
    const signed =
      keys.length === 0 ? headers : [...headers, ...signatureHeaders({ id: item.ref, seconds: Math.floor(Date.now() / 1000), body }, keys)];
    const came = await ports.send({ endpoint, url, headers: signed, body, signal });
    const verdict = judge(came, endpoint, Date.now());
    const { gone, ...outcome } = verdict;
    return {
      ...outcome,
      record: {
        endpoint,
        gone: gone === true,
        facts: {
          version: endpoint.version,
          bytes: body?.length ?? 0,
          ...(body && { sha256: hash('sha256', body, 'base64') }),
          ...(notes.length > 0 && { notes }),
          ...came.facts,
        },
        exchange: {
          method: endpoint.settings.method,
          url,
          headers: signed.map(([name, value]) => [name, endpoint.secretHeaders.has(name.toLowerCase()) ? MASK : value] as const),
          answerHeaders: came.kind === 'answer' ? came.headers : [],
          body: body ?? EMPTY,
          answer: came.kind === 'answer' ? Buffer.from(came.body.buffer, came.body.byteOffset, came.body.byteLength) : EMPTY,
        },
      },
    };
  };
}
