import type { Aeroexpress, Air, Document, Insurance, Passenger, Rail } from '../control/schema.ts';
import { AIRLINES, type Airline, makeJourney } from './flights.ts';
import { two } from './people.ts';
import { makePayments, makePrice, type Price, sumOfPrices, vatWithin, write } from './prices.ts';
import type { Random } from './random.ts';

/** What the documents of one sale have in common. */
export type Sale = {
  random: Random;
  currency: string;
  airline: Airline;
  day: Temporal.PlainDate;
  pnr: { pnr?: string; pnrLatin?: string };
  /** A number that no other document of this source has. */
  nextNumber(prefix: string): string;
};

export function makeSale(random: Random, currency: string, day: Temporal.PlainDate, nextNumber: (prefix: string) => string): Sale {
  const latin = random.letters(6, '0123456789BCDFGHKLMNPRSTVWXZ');
  const twins = { pnr: toCyrillic(latin), pnrLatin: latin };
  const pnr = random.chance(0.7) ? twins : random.chance(0.8) ? { pnrLatin: latin } : { pnr: twins.pnr };
  return { random, currency, airline: random.pick(AIRLINES), day, pnr, nextNumber };
}

const LATIN = 'BCDFGHKLMNPRSTVWXZ';
const TWINS = 'БЦДФГХКЛМНПРСТВШЬЗ';

function toCyrillic(pnr: string): string {
  return pnr.replace(/[A-Z]/g, (letter) => TWINS.charAt(LATIN.indexOf(letter)));
}

/** ETICKET, or TICKET on paper with its form. */
export function makeTicket(sale: Sale, passenger: Passenger, type: 'ETICKET' | 'TICKET' = 'ETICKET'): Air {
  const { random, currency, airline } = sale;
  const fare = makePrice(random, currency, 2_500, 90_000);
  const taxes = makeTaxes(sale);
  const due = sumOfPrices([fare, ...taxes.map(({ price }) => price)], currency);
  const journey = makeJourney(random, airline, sale.day, fare);
  return {
    type,
    role: 'issued',
    number: type === 'ETICKET' ? sale.nextNumber(airline.prefix) : `${sale.nextNumber('6')}/${random.digits(2)}`,
    ...(random.chance(0.5) && { formId: random.digits(6) }),
    currency,
    payments: makePayments(random, due),
    carrier: airline.code,
    fare: { amount: write(fare), ...(random.chance(0.3) && { vat: { amount: write(vatWithin(fare, 10)), rate: '10' } }) },
    ...(currency !== 'RUB' && {
      originalFare: write({ currency: 'RUB', units: fare.units * 100 }),
      originalCurrency: 'RUB',
      originalRate: '0.01',
    }),
    fareCalc: random.chance(0.1) ? `${journey.fareCalc}\nXT 500ZZ 250YQ` : journey.fareCalc,
    ...(random.chance(0.7) && { endorsements: random.pick(['REFUND WITH FEE', 'НЕВОЗВРАТНЫЙ/БЕЗ БАГАЖА', 'NON REF & NON END <24H']) }),
    ...(random.chance(0.2) && { tourCode: `IT${random.digits(6)}` }),
    ...sale.pnr,
    ...(type === 'TICKET' && { form: { type: random.pick(['МЕЖДУНАР', 'ВНУТР']), series: random.pick(['61', 'БТ']) } }),
    passenger,
    ...(random.chance(0.6) && { commission: { type: 'АГ', rate: random.pick(['0', '1.5', '5', '7']) } }),
    ...(taxes.length > 0 && { taxes: taxes.map(({ tax }) => tax) }),
    segments: journey.segments,
    ...(random.chance(0.15) && {
      agencyInfo: { clientNumber: random.digits(6), reservationNumber: `Z-${random.digits(5)}`, info: 'ОПЛАТА ПО СЧЁТУ' },
    }),
  };
}

type Tax = NonNullable<Air['taxes']>[number];

function makeTaxes({ random, currency }: Sale): { price: Price; tax: Tax }[] {
  return Array.from({ length: random.int(0, 5) }, () => {
    const price = makePrice(random, currency, 90, 4_000);
    const vat = random.chance(0.3) ? { vat: { rate: '20', amount: write(vatWithin(price, 20)) } } : {};
    return { price, tax: { code: random.pick(['ZZ', 'YQ', 'YQ', 'YR', 'RI', 'ЦЦ']), amount: write(price), ...vat } };
  });
}

/** EMD, MCO or RECEIPT for a service, or as the penalty for a ticket. */
export function makeCharge(
  sale: Sale,
  passenger: Passenger,
  type: 'EMD' | 'MCO' | 'RECEIPT',
  use: 'service' | 'penalty',
  belongsTo?: string,
): Air {
  const { random, currency, airline } = sale;
  const price = makePrice(random, currency, 500, 12_000);
  const isPenalty = use === 'penalty';
  const parts =
    type === 'EMD' && !isPenalty && price.units > 100 && random.chance(0.4)
      ? [Math.floor(price.units / 3), price.units - Math.floor(price.units / 3)]
      : [price.units];
  return {
    type,
    role: isPenalty ? 'penalty' : 'issued',
    number: type === 'EMD' ? sale.nextNumber(airline.prefix) : sale.nextNumber('4'),
    currency,
    payments: makePayments(random, price),
    ...(type !== 'RECEIPT' && {
      mcoType: isPenalty ? 'PENALTY' : random.pick(['EXC_BAGG', 'SERVICE', 'PTA', 'RAILWAY'] as const),
      rfic: isPenalty ? 'D' : 'C',
    }),
    ...(belongsTo !== undefined && { belongsTo }),
    carrier: airline.code,
    fare: { amount: write(price) },
    ...sale.pnr,
    ...(type !== 'EMD' && random.chance(0.5) && { form: { type: 'МСО', series: random.digits(2) } }),
    passenger,
    ...(type === 'EMD' && {
      coupons: parts.map((units, index) => ({
        number: index + 1,
        value: write({ currency, units }),
        reason: isPenalty ? 'EXCHANGE FEE' : random.pick(['EXTRA BAG 23KG', 'МЕСТО "КОМФОРТ"', 'MEAL & DRINK']),
        rfisc: isPenalty ? '993' : random.pick(['0CC', '0B5', '0BX']),
      })),
    }),
  };
}

export function makeInsurance(sale: Sale, passenger: Passenger, belongsTo: string | undefined): Insurance {
  const price = makePrice(sale.random, sale.currency, 200, 1_500);
  return {
    type: 'EINSURCAR',
    role: 'issued',
    number: sale.nextNumber('9'),
    ...(belongsTo !== undefined && { belongsTo }),
    currency: sale.currency,
    payments: makePayments(sale.random, price),
    ...(sale.random.chance(0.6) && { insurer: sale.random.pick(['АЛЬФ', 'RESO', 'СОГАЗ']) }),
    amount: write(price),
    ...sale.pnr,
    passenger,
  };
}

export function makeAeroexpress(sale: Sale, party: Passenger[]): Aeroexpress {
  const { random, currency } = sale;
  const price = makePrice(random, currency, 400, 2_000);
  const city = random.chance(0.5);
  return {
    type: 'AE_TICKET',
    role: 'issued',
    number: sale.nextNumber('7'),
    currency,
    payments: makePayments(random, price),
    orderNumber: random.digits(6),
    fare: write(price),
    fareType: party.length > 1 ? 'family' : random.pick(['full', 'child', 'roundtrip']),
    ...sale.pnr,
    ...(random.chance(0.7) && { passengers: party }),
    ...(random.chance(0.5) && { contacts: [{ type: 'PHONE', value: `+7 495 ${random.digits(7)}` }] }),
    segments: [
      {
        from: city ? 'ПАВ' : 'DME',
        to: city ? 'DME' : 'ПАВ',
        date: sale.day.add({ days: random.int(0, 20) }).toString(),
        ...(random.chance(0.5) && { time: `${two(random.int(6, 23))}:30`, class: random.pick(['STD', 'БИЗНЕС']) }),
      },
    ],
  };
}

export function makeRail(sale: Sale, party: Passenger[]): Rail {
  const { random, currency } = sale;
  const isBus = random.chance(0.15);
  const total = makePrice(random, currency, 900, 15_000);
  const departure = sale.day.add({ days: random.int(1, 30) });
  return {
    type: 'TRAIN_TICKET',
    role: 'issued',
    number: sale.nextNumber('20'),
    currency,
    payments: makePayments(random, total),
    carrierType: isBus ? 'BUS' : 'RAIL',
    orderNumber: random.digits(6),
    ...(random.chance(0.5) && { fareType: random.pick(['ПОЛНЫЙ', 'ДЕТСКИЙ']) }),
    total: write(total),
    carrierVatId: '7708709686',
    ...(!isBus &&
      random.chance(0.5) && {
        services: { amount: write(makePrice(random, currency, 100, 300)), vatAmount: write(makePrice(random, currency, 10, 30)) },
      }),
    passengers: party,
    segments: [
      {
        number: 1,
        train: isBus ? random.digits(3) : `${random.digits(3)}${random.pick(['А', 'Й', 'Г', ''])}`,
        ...(!isBus && { coach: { number: two(random.int(1, 18)), type: random.pick(['К', 'П', 'Л', 'С']) } }),
        class: random.pick(['2К', '3Э', '1Л']),
        from: `20${random.digits(5)}`,
        to: `20${random.digits(5)}`,
        departure: { date: departure.toString(), time: `${two(random.int(0, 23))}:${two(random.int(0, 59))}` },
        ...(random.chance(0.9) && {
          arrival: { date: departure.add({ days: 1 }).toString(), time: `${two(random.int(0, 23))}:${two(random.int(0, 59))}` },
        }),
        seats: party.map((_passenger, index) => ({
          seat: String(index + 11).padStart(3, '0'),
          ...(!isBus && { tier: index % 2 === 0 ? 'L' : 'U' }),
        })),
      },
    ],
  };
}

/** The document as it is taken back: what was sold, without the links of its sale. */
export function takenBack(document: Document, role: 'surrendered' | 'refunded' | 'voided'): Document {
  const { role: _role, ...rest } = document;
  const taken = { ...rest, role } as Document & { replaces?: string; belongsTo?: string };
  if (role !== 'voided') {
    delete taken.replaces;
    delete taken.belongsTo;
  }
  return taken;
}
