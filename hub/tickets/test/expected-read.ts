import { currencyDigits } from '../control/currency.ts';
import type { Act, CompleteOperation, Document, Passenger } from '../control/schema.ts';
import type { BuiltDocument } from '../xml/writer.ts';

/**
 * What the tolerant reader should find in a file of ours, made from the control message and the text of spec 3, not from the layout tables.
 * Absent values are absent.
 */
export function expectedRead(operation: CompleteOperation, file: BuiltDocument): object {
  const document = operation.documents[file.index];
  if (document === undefined) {
    throw new Error('a built document has its place in the operation');
  }
  const common = {
    type: file.type,
    opType: file.opType,
    transType: file.transType,
    number: document.number.replaceAll('-', ''),
    system: clean({ id: operation.system.id, session: operation.system.session }),
    currency: document.currency,
    date: operation.time.slice(0, 10),
    time: operation.time.slice(11, 16),
    payments: document.payments?.map(({ type, amount }) => ({ type, amount: money(amount, document.currency) })),
    deal: actOf({ ...operation.deal, time: operation.time }, true),
    exNumber: file.links.replaces?.replaceAll('-', ''),
    toNumber: file.links.belongsTo?.replaceAll('-', ''),
  };
  return clean({ ...common, ...familyFields(operation, document, file) });
}

function familyFields(operation: CompleteOperation, document: Document, file: BuiltDocument): object {
  const { currency } = document;
  switch (document.type) {
    case 'AE_TICKET':
      return {
        family: 'aeroexpress',
        orderNumber: document.orderNumber,
        fare: { amount: money(document.fare, currency) },
        fareType: document.fareType,
        pnr: document.pnr,
        pnrLatin: document.pnrLatin,
        passengers: document.passengers?.map((passenger) =>
          clean({ ...names(passenger), document: pass(passenger), birthDate: passenger.birthDate }),
        ),
        contacts: document.contacts,
        segments: document.segments.map(({ from, to, date, time, class: klass }) =>
          clean({ from: clean({ port: from, date, time }), to: { port: to }, class: klass }),
        ),
      };
    case 'TRAIN_TICKET':
      return {
        family: 'rail',
        carrierType: document.carrierType,
        orderNumber: document.orderNumber,
        fareType: document.fareType,
        total: money(document.total, currency),
        carrierVatId: document.carrierVatId,
        services:
          document.services &&
          clean({ amount: money(document.services.amount, currency), vatAmount: money(document.services.vatAmount, currency) }),
        passengers: document.passengers.map((passenger, index) =>
          clean({ number: index + 1, ...names(passenger), gender: passenger.gender, document: pass(passenger) }),
        ),
        segments: document.segments.map(({ number, train, coach, class: klass, from, to, departure, arrival, seats }) =>
          clean({ number, train, coach, class: klass, from: { port: from, ...departure }, to: { port: to, ...arrival }, seats }),
        ),
      };
    case 'EINSURCAR':
      return {
        family: 'insurance',
        carrier: document.insurer,
        amount: money(document.amount, currency),
        pnr: document.pnr,
        pnrLatin: document.pnrLatin,
        passengers: [person(document.passenger)],
      };
    default:
      return {
        family: 'air',
        mcoType: document.mcoType,
        rfic: document.rfic,
        carrier: document.carrier,
        tourCode: document.tourCode,
        returnType: file.opType === 'REFUND' ? document.returnType : undefined,
        originalCurrency: document.originalCurrency,
        originalRate: document.originalRate,
        originalFare: money(document.originalFare, document.originalCurrency ?? currency),
        fare: clean({
          amount: money(document.fare.amount, currency),
          vatAmount: money(document.fare.vat?.amount, currency),
          vatRate: document.fare.vat?.rate,
        }),
        penalty: file.opType === 'REFUND' && file.transType !== 'CANCEL' ? money(document.penalty, currency) : undefined,
        fareCalc: document.fareCalc,
        endorsements: document.endorsements,
        pnr: document.pnr,
        pnrLatin: document.pnrLatin,
        form: document.type === 'EMD' || document.type === 'ETICKET' ? undefined : document.form,
        passengers: [clean({ ...person(document.passenger), kind: document.passenger.kind, citizenship: document.passenger.citizenship })],
        commission: document.commission,
        taxes: document.taxes?.map(({ code, amount, vat }) =>
          clean({ code, amount: money(amount, currency), vatRate: vat?.rate, vatAmount: money(vat?.amount, currency) }),
        ),
        segments: document.segments?.map((segment) =>
          clean({
            ...segment,
            fare: money(segment.fare, currency),
            from: clean(segment.from),
            to: clean(segment.to),
          }),
        ),
        coupons: document.coupons?.map((coupon) => clean({ ...coupon, value: money(coupon.value, currency) })),
        booking: operation.booking && actOf(operation.booking, false),
        originalSale: operation.originalSale && actOf(operation.originalSale, false),
        agencyInfo: document.agencyInfo,
      };
  }
}

function actOf(act: Act, isDeal: boolean): object {
  return clean({
    date: act.time.slice(0, 10),
    time: act.time.slice(11, 16),
    utc: act.time.endsWith('Z') ? '+0000' : act.time.slice(-6).replace(':', ''),
    dispatcher: act.operator,
    agency: act.agency,
    validator: act.validator,
    terminal: act.terminal,
    operator: act.operator,
    ersp: isDeal ? act.ersp : undefined,
    pcc: isDeal ? act.pcc : undefined,
  });
}

function person(passenger: Passenger): object {
  const { fio, surname, name, birthDate } = passenger;
  return clean({ fio, surname, name, document: pass(passenger), birthDate });
}

function names({ fio, surname, name }: Passenger): object {
  const [before = '', ...after] = fio.split('/');
  return clean({ surname: surname ?? before, name: name ?? after.join('/') });
}

function pass({ document }: Passenger): string | undefined {
  return document && document.type + document.number;
}

/** The amount as spec 3.1 writes it: no fraction when it is zero, else all digits. */
function money(amount: string | undefined, currency: string): string | undefined {
  if (amount === undefined) {
    return undefined;
  }
  const [whole = '', fraction = ''] = amount.split('.');
  return /[1-9]/.test(fraction) ? `${whole}.${fraction.padEnd(currencyDigits(currency), '0')}` : whole;
}

function clean<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
}
