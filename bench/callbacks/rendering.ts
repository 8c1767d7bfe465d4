import type { OrderEventData, ValueContext } from '@vestnik/hub/callbacks/event-data.ts';
import { compileMessage } from '@vestnik/hub/callbacks/message.ts';
import { orderValues } from '@vestnik/hub/callbacks/variables.ts';

/**
 * Spec callbacks 8, P9: rendering alone, XML of about 700 bytes with 11 variables, on one core, beside what one would write in ten minutes: one
 * `replace` with a function over the template. Both make the same bytes of the same event, from its data to the Buffer; the rounds
 * alternate, so that a machine that slows down slows down both.
 */
export interface RenderingRates {
  /** Messages a second of one core. */
  readonly vestnik: Spread;
  readonly naive: Spread;
  readonly bytes: number;
}

/** Of the rounds. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

const BODY = `<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
  <Notify xmlns="urn:example:callback" attempt="@{Attempt}" event="@{EventId}">
    <id_Reserve>@id_Reserve</id_Reserve>
    <id_ComplexReserve>@id_ComplexReserve</id_ComplexReserve>
    <OuterId>@OuterId</OuterId>
    <EventType>@EventType</EventType>
    <ReserveState>@ReserveState</ReserveState>
    <ComplexState>@ComplexState</ComplexState>
    <EventDescription>@EventDescription</EventDescription>
    <CallbackId>@CallbackId</CallbackId>
    <Team>@{DIC:Команда}</Team>
  </Notify>
</soap:Body></soap:Envelope>
`;

const DATA: OrderEventData = {
  family: 'order',
  organization_id: 12,
  change_source: 'api',
  actor_id: 3,
  actor: 'sap',
  facets: ['ReserveIssued', 'ReserveStateChanged'],
  id_Reserve: 1042,
  id_ComplexReserve: 77,
  OuterId: 'R&D-2026/0077',
  ReserveState: 'finished',
  PreviousReserveState: 'inprocess',
  ComplexState: 'forexecution',
  PreviousComplexState: null,
  ReserveType: 'avia',
  Total: '25400.00',
  Currency: 'RUB',
  TimeLimit: null,
  FileNames: [],
  codes: [
    { dictionary: 'Команда', dictionaryLatin: 'Team', id_MetaDictionary: 4, value: 'ТК-7/2', name: 'Туризм', on: 'order', sequence: 1 },
  ],
  description: { ru: 'Заказ 1042: готов к оформлению → выполнен', en: 'Order 1042: readyforissuance → finished' },
};

/** A new one for each message, as each attempt has its own. */
function contextOf(attempt: number): ValueContext {
  return {
    eventId: '0199f3a2-6c1e-7d40-8a55-3f0e2b9c4d17',
    deliveryId: '501',
    attempt,
    callbackId: 639_309_366_001_230_000n,
    eventTime: '2026-11-22T09:30:00Z',
    language: 'ru',
    emptyIds: '',
    eventNames: {},
    eventType: 'ReserveIssued',
    relationRemoval: 'empty',
    subscriberData: false,
  };
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
const escapeAll = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

function naive(attempt: number): Buffer {
  const { eventId, callbackId, eventType, language } = contextOf(attempt);
  const values: Record<string, unknown> = {
    Attempt: attempt,
    EventId: eventId,
    id_Reserve: DATA.id_Reserve,
    id_ComplexReserve: DATA.id_ComplexReserve,
    OuterId: DATA.OuterId,
    EventType: eventType,
    ReserveState: DATA.ReserveState,
    ComplexState: DATA.ComplexState,
    EventDescription: DATA.description[language],
    CallbackId: callbackId,
    'DIC:Команда': DATA.codes.find(({ dictionary }) => dictionary === 'Команда')?.value,
  };
  return Buffer.from(
    BODY.replace(/@\{([^}]+)\}|@(\w+)/g, (written, explicit, bare) => {
      const value = values[explicit ?? bare];
      return value === undefined ? written : escapeAll(String(value));
    }),
  );
}

function ours(): (attempt: number) => Buffer {
  const { message, findings } = compileMessage({
    family: 'order',
    method: 'POST',
    url: 'https://sap.example.com/callback',
    headers: 'Content-Type: text/xml;charset=UTF-8\nSOAPAction: urn:example:callback\n',
    body: BODY,
    bodyFormat: 'auto',
    unknown: 'error',
    signing: false,
    dictionaries: ['Команда'],
  });
  if (!message) throw new Error(JSON.stringify(findings));
  return (attempt) => message.render(orderValues(DATA, contextOf(attempt))).body!;
}

/**
 * @returns messages a second of processor time, that of the collector of garbage included: what one core does when no other program is on it.
 * @param milliseconds how long to go on.
 */
function rate(render: (attempt: number) => Buffer, milliseconds: number): number {
  let count = 0;
  let bytes = 0;
  const begin = performance.now();
  const before = process.cpuUsage();
  while (performance.now() - begin < milliseconds) {
    for (let at = 0; at < 1000; at++) bytes += render(at).length;
    count += 1000;
  }
  const { user, system } = process.cpuUsage(before);
  if (bytes === 0) throw new Error('nothing was rendered');
  return (count / (user + system)) * 1e6;
}

function spread(rates: readonly number[]): Spread {
  const sorted = rates.toSorted((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)]!, least: sorted[0]!, most: sorted.at(-1)! };
}

export function rendering(rounds = 5, milliseconds = 1000): RenderingRates {
  const render = ours();
  if (!render(1).equals(naive(1))) throw new Error('the two do not render the same bytes');
  rate(render, milliseconds / 2);
  rate(naive, milliseconds / 2);
  const rates = Array.from({ length: rounds }, () => [rate(render, milliseconds), rate(naive, milliseconds)] as const);
  return {
    vestnik: spread(rates.map(([first]) => first)),
    naive: spread(rates.map(([, second]) => second)),
    bytes: render(1).length,
  };
}

if (import.meta.main) {
  const { vestnik, naive: peer, bytes } = rendering();
  const show = ({ median, least, most }: Spread): string =>
    `${[median, least, most].map((value) => Math.round(value / 1000)).join(', ')} thousand/s`;
  process.stdout.write(
    `${bytes} bytes of XML, 11 variables; median, least, most\n  compiled segments  ${show(vestnik)}\n  naive replace      ${show(peer)}\n  ratio of medians   ${(vestnik.median / peer.median).toFixed(2)}\n`,
  );
}
