import type { Kind } from '../control/codes.ts';
import type { Air, Document, FromHistory, Operation } from '../control/schema.ts';
import { makeAeroexpress, makeCharge, makeInsurance, makeRail, makeSale, makeTicket, type Sale, takenBack } from './documents.ts';
import { makeParty, renamed, type Script } from './people.ts';
import { CURRENCIES, makePrice, write } from './prices.ts';
import { createRandom, type Random } from './random.ts';

/** A control message as a reservation system would send it: `source` is left to the hub. */
export type ControlMessage = Omit<Operation, 'source'>;

export type OperationSource = {
  /** The next operation; never ends. Exchanges, refunds and voids refer to sales that this source has given before. */
  next(): ControlMessage;
};

export type OperationSourceOptions = {
  /** The same seed gives the same operations. Sources that run side by side need different seeds, modulo 1,000. (Default: 1) */
  seed?: number;
  /** Agency codes; each gets two validators and three terminals of its own. (Default: four agencies) */
  agencies?: readonly [string, ...string[]];
  /** Time of the first operation; the later ones follow within seconds. (Default: 2026-11-22T11:00:00Z) */
  start?: Temporal.Instant;
  /** Whether some documents come `from: 'history'`; then the operations must reach the hub in order. (Default: true) */
  history?: boolean;
};

/** A sale that can still be taken back. */
type Sold = { documents: Document[]; time: string; deal: ControlMessage['deal']; sale: Sale };

/** Sales that are remembered; the oldest are forgotten first, so memory stays bounded. */
const POOL = 400;
const OFFSETS = ['+03:00', '+03:00', '+03:00', '+07:00', 'Z'] as const;

/**
 * Varied, realistic operations for demo, tests and bench: seven in ten are sales, the rest take earlier sales back.
 * A sale is sold -> (exchanged: replaced in the pool by its new tickets | refunded | voided) -> gone from the pool; a refund may be voided
 * soon after.
 */
export function createOperationSource({
  seed = 1,
  agencies = ['17МОВ', '42СПБ', 'ALA01', '08НСК'],
  start = Temporal.Instant.from('2026-11-22T11:00:00Z'),
  history = true,
}: OperationSourceOptions = {}): OperationSource {
  const random = createRandom(seed);
  const pool: Sold[] = [];
  const refunded: Sold[] = [];
  let now = start;
  let count = 0;
  let numbers = 0;

  const nextNumber = (prefix: string): string => {
    numbers++;
    return `${prefix}${String(seed % 1000).padStart(3, '0')}${String(numbers).padStart(13 - 3 - prefix.length, '0')}`;
  };

  const remember = (documents: Document[], message: ControlMessage, sale: Sale): void => {
    pool.push({ documents, time: message.time, deal: message.deal, sale });
    if (pool.length > POOL) {
      pool.shift();
    }
  };

  const take = (from: Sold[]): Sold | undefined => from.splice(random.int(0, from.length - 1), 1)[0];

  const makeMessage = (kind: Kind, documents: (Document | FromHistory)[], before?: Sold): ControlMessage => {
    count++;
    const offset = random.pick(OFFSETS);
    const time = localTime(now, offset);
    const agency = random.int(0, agencies.length - 1);
    const operator = random.digits(2);
    return {
      id: `sample-${seed}-${count}`,
      kind,
      time,
      system: { id: '1H', ...(random.chance(0.6) && { session: random.digits(5) }) },
      deal: {
        agency: agencies[agency] ?? agencies[0],
        validator: `00${100 + agency * 2 + random.int(0, 1)}`,
        terminal: `МОВ${400 + agency * 3 + random.int(0, 2)}`,
        operator,
        ...(random.chance(0.1) && { ersp: random.digits(8), pcc: random.letters(4, 'ABCDEFGH') }),
      },
      ...(before === undefined &&
        random.chance(0.3) && { booking: { time: localTime(now.subtract({ minutes: random.int(2, 4000) }), offset), operator } }),
      ...(before !== undefined && random.chance(0.8) && { originalSale: { ...before.deal, time: before.time } }),
      documents,
    };
  };

  const issue = (): ControlMessage => {
    const day = now.toZonedDateTimeISO('UTC').toPlainDate();
    const sale = makeSale(random, random.pick(CURRENCIES), day, nextNumber);
    const documents = sell(sale, pool.at(-1));
    const message = makeMessage('issue', documents);
    remember(documents, message, sale);
    return message;
  };

  const exchange = (): ControlMessage => {
    const found = pool.findIndex(({ documents }) => documents.some(isExchangeable));
    const [before] = found < 0 ? [] : pool.splice(found, 1);
    if (before === undefined) {
      return issue();
    }
    const kind = random.pick(['exchange-flight', 'exchange-flight', 'exchange-name'] as const);
    const old = before.documents.filter(isExchangeable).slice(0, 4);
    const fresh = old.map((document) => replacement(random, before.sale, document, kind, old.length > 1 || random.chance(0.5)));
    const penalties = random.chance(0.6) ? [penaltyFor(random, before.sale, fresh, old.length > 1)] : [];
    const message = makeMessage(kind, [...old.map((document) => takenBack(document, 'surrendered')), ...fresh, ...penalties], before);
    remember(fresh, message, before.sale);
    return message;
  };

  const refund = (): ControlMessage => {
    const before = take(pool);
    if (before === undefined) {
      return issue();
    }
    const taken = before.documents.slice(0, random.int(1, 8));
    const asHistory = history && random.chance(0.4);
    const documents = taken.map((document) => {
      const extra = isAir(document)
        ? {
            returnType: random.pick(['В', 'П']),
            ...(random.chance(0.3) && { penalty: write(makePrice(random, document.currency, 100, 400)) }),
          }
        : {};
      const withPayments = asHistory ? {} : takenBack(document, 'refunded');
      return { ...withPayments, ...(asHistory && { from: 'history' as const, number: document.number }), ...extra, role: 'refunded' } as
        | Document
        | FromHistory;
    });
    const tickets = taken.filter(isAir);
    if (tickets[0] !== undefined && random.chance(0.4)) {
      documents.push(penaltyFor(random, before.sale, tickets, taken.length > 1));
    }
    refunded.push({ ...before, documents: taken });
    if (refunded.length > 20) {
      refunded.shift();
    }
    return makeMessage('refund', documents, before);
  };

  const voidSale = (): ControlMessage => {
    const ofRefund = refunded.length > 0 && random.chance(0.2);
    const before = take(ofRefund ? refunded : pool);
    const voidable = before?.documents.filter((document) => !ofRefund || document.type !== 'AE_TICKET') ?? [];
    if (before === undefined || voidable.length === 0) {
      return issue();
    }
    const cancels = ofRefund ? { cancels: 'refund' as const } : {};
    const asHistory = history && random.chance(0.6);
    const documents = voidable.map((document): Document | FromHistory =>
      asHistory
        ? { from: 'history', role: 'voided', number: document.number, ...cancels }
        : { ...takenBack(document, 'voided'), ...cancels },
    );
    if (ofRefund) {
      pool.push({ ...before, documents: voidable });
    }
    return makeMessage('void', documents, before);
  };

  return {
    next: () => {
      now = now.add({ milliseconds: random.int(200, 3_000) });
      const dice = random.int(1, 100);
      if (dice <= 70) {
        return issue();
      }
      if (dice <= 82) {
        return exchange();
      }
      return dice <= 92 ? refund() : voidSale();
    },
  };
}

/** The documents of one sale: a trip with what is sold beside it, or one of the rarer kinds. */
function sell(sale: Sale, earlier: Sold | undefined): Document[] {
  const { random } = sale;
  const script: Script = random.chance(0.6) ? 'cyrillic' : 'latin';
  const party = makeParty(random, sale.day.year, script, 6);
  const [lead] = party;
  const old = earlier?.documents.find((document) => document.type === 'ETICKET');
  if (lead === undefined) {
    return [];
  }
  switch (random.int(1, 20)) {
    case 1:
      return [makeAeroexpress(sale, party)];
    case 2:
    case 3:
      return [makeRail(sale, party)];
    case 4:
      return [makeTicket(sale, lead, 'TICKET'), makeCharge(sale, lead, 'MCO', 'service')];
    case 5:
      return [makeCharge(sale, lead, random.pick(['EMD', 'MCO', 'RECEIPT']), 'service', old?.number)];
    default:
      return sellTrip(sale, party);
  }
}

function sellTrip(sale: Sale, party: ReturnType<typeof makeParty>): Document[] {
  const { random } = sale;
  const tickets = party.map((passenger) => makeTicket(sale, passenger));
  const documents: Document[] = [...tickets];
  for (const ticket of tickets) {
    if (random.chance(0.25)) {
      documents.push(makeCharge(sale, ticket.passenger, 'EMD', 'service', ticket.number));
    }
    if (random.chance(0.2)) {
      documents.push(makeInsurance(sale, ticket.passenger, ticket.number));
    }
  }
  if (random.chance(0.12)) {
    documents.push(makeAeroexpress(sale, party));
  }
  if (random.chance(0.06)) {
    documents.push(makeRail(sale, party));
  }
  return documents;
}

/** The new ticket: other flights for the same person, or the same flights under another surname. */
function replacement(random: Random, sale: Sale, old: Air, kind: 'exchange-flight' | 'exchange-name', name: boolean): Air {
  const { replaces: _replaces, ...rest } = makeTicket(sale, old.passenger, old.type === 'TICKET' ? 'TICKET' : 'ETICKET');
  const links = name ? { replaces: old.number } : {};
  if (kind === 'exchange-flight') {
    return { ...rest, ...links };
  }
  const { replaces: _older, ...same } = old;
  return { ...same, role: 'issued', number: rest.number, passenger: renamed(random, old.passenger), ...links };
}

function penaltyFor(random: Random, sale: Sale, tickets: readonly Document[], name: boolean): Air {
  const ticket = tickets.find(isAir);
  const type = random.pick(['EMD', 'EMD', 'MCO', 'RECEIPT']);
  const [passenger] = ticket === undefined ? makeParty(random, sale.day.year, 'latin', 1) : [ticket.passenger];
  if (passenger === undefined) {
    throw new Error('a party has at least one passenger');
  }
  return makeCharge(sale, passenger, type, 'penalty', name ? ticket?.number : undefined);
}

function isAir(document: Document): document is Air {
  return 'carrier' in document;
}

function isExchangeable(document: Document): document is Air {
  return document.type === 'ETICKET' || document.type === 'TICKET';
}

function localTime(instant: Temporal.Instant, offset: (typeof OFFSETS)[number]): string {
  return instant.toString({ timeZone: offset === 'Z' ? 'UTC' : offset, smallestUnit: 'second' }).replace('+00:00', 'Z');
}
