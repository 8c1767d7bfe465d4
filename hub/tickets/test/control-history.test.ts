import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completeFromHistory, type StoredAct, type StoredSale, saleToCopy, wantedFromHistory } from '../control/history.ts';
import { parseOperation } from '../control/parse.ts';
import type { CompleteOperation, Operation } from '../control/schema.ts';
import { buildDocuments } from '../xml/writer.ts';
import { accepted, aeroexpress, air, fromHistory, message, rail } from './control-messages.ts';

const OLD = '4214200000001';
const NEW = '4214200000002';

function parsed(value: unknown): Operation {
  const result = parseOperation(value, { source: 'test' });
  if (!result.ok) {
    throw new Error(JSON.stringify(result.faults));
  }
  return result.operation;
}

function completed(value: unknown, found: Record<string, StoredSale | 'taken-back'>): CompleteOperation {
  const result = completeFromHistory(parsed(value), new Map(Object.entries(found)));
  if (!result.ok) {
    throw new Error(JSON.stringify(result.faults));
  }
  return result.operation;
}

function codesOf(value: unknown, found: Record<string, StoredSale | 'taken-back'>): string[] {
  const result = completeFromHistory(parsed(value), new Map(Object.entries(found)));
  return result.ok ? [] : result.faults.map(({ code, path }) => `${code} ${path}`);
}

const sale = air('ETICKET', 'issued', OLD, { payments: [{ type: 'CA', amount: '5000' }], endorsements: 'REFUND WITH FEE', pnr: 'ABC123' });
const stored: StoredSale = { control: accepted(message('issue', sale)), documentIndex: 0 };
const exchange = accepted(
  message('exchange-flight', air('ETICKET', 'surrendered', OLD), air('ETICKET', 'issued', NEW), air('EMD', 'penalty', '4218200000017')),
);

describe('completing', () => {
  test('the stored sale is copied; role and number are those of the message', () => {
    const { role: _role, ...rest } = sale;
    expect(completed(message('refund', fromHistory('refunded', OLD)), { [OLD]: stored }).documents).toEqual([
      { ...rest, role: 'refunded' },
    ]);
  });

  test('a field of the message wins over the copied one', () => {
    const given = { penalty: '700', fare: { amount: '4000' }, pnr: 'XYZ' };
    const [document] = completed(message('refund', fromHistory('refunded', OLD, given)), { [OLD]: stored }).documents;
    expect(document).toMatchObject({ ...given, endorsements: 'REFUND WITH FEE', role: 'refunded' });
    expect(document).not.toHaveProperty('from');
  });

  test('copied links are dropped, given ones are kept', () => {
    const store = {
      [NEW]: {
        control: {
          ...exchange,
          documents: exchange.documents.map((document) => (document.role === 'issued' ? { ...document, replaces: OLD } : document)),
        },
        documentIndex: 1,
      },
    };
    const [refunded] = completed(message('refund', fromHistory('refunded', NEW)), store as Record<string, StoredSale>).documents;
    expect(refunded).not.toHaveProperty('replaces');
    const emd = accepted(message('issue', air('EMD', 'issued', '4218200000020', { belongsTo: OLD })));
    const found = { '4218200000020': { control: emd, documentIndex: 0 } };
    expect(completed(message('refund', fromHistory('refunded', '4218200000020')), found).documents[0]).not.toHaveProperty('belongsTo');
    expect(completed(message('refund', fromHistory('refunded', '4218200000020', { belongsTo: NEW })), found).documents[0]).toMatchObject({
      belongsTo: NEW,
    });
  });

  test('a voided document has the links of its original (spec 2.3), also those that were filled in by default', () => {
    const operation = completed(message('void', fromHistory('voided', NEW), fromHistory('voided', '4218200000017')), {
      [NEW]: { control: exchange, documentIndex: 1 },
      '4218200000017': { control: exchange, documentIndex: 2 },
    });
    const [ticket, penalty] = buildDocuments(operation);
    expect(ticket?.xml.toString()).toContain(`<EX_BSONUM>${OLD}</EX_BSONUM>`);
    expect(penalty?.xml.toString()).toContain(`<TO_BSONUM>${NEW}</TO_BSONUM>`);
    expect(operation.documents[0]).toMatchObject({ role: 'voided', cancels: 'sale' });
  });

  test('other documents of the operation stay as they are', () => {
    const operation = completed(message('refund', rail('refunded', '20007700112233'), fromHistory('refunded', OLD)), { [OLD]: stored });
    expect(operation.documents).toMatchObject([{ type: 'TRAIN_TICKET' }, { type: 'ETICKET', endorsements: 'REFUND WITH FEE' }]);
  });

  test('nothing stored: HISTORY_NOT_FOUND; taken back: HISTORY_TAKEN_BACK; every one is listed', () => {
    const value = message('refund', fromHistory('refunded', OLD), fromHistory('refunded', NEW));
    expect(codesOf(value, { [NEW]: 'taken-back' })).toEqual([
      'HISTORY_NOT_FOUND /documents/0/number',
      'HISTORY_TAKEN_BACK /documents/1/number',
    ]);
  });

  test('a stored sale of another type is not the one that was meant: HISTORY_NOT_FOUND', () => {
    expect(codesOf(message('refund', fromHistory('refunded', OLD, { type: 'EMD' })), { [OLD]: stored })).toEqual([
      'HISTORY_NOT_FOUND /documents/0/type',
    ]);
  });

  test('the merged document is checked like a whole one', () => {
    expect(
      codesOf(message('refund', fromHistory('refunded', OLD, { currency: 'JPY', fare: { amount: '1.5' } })), { [OLD]: stored }),
    ).toEqual(['AMOUNT_PRECISION /documents/0/fare/amount']);
    expect(codesOf(message('refund', fromHistory('refunded', OLD, { orderNumber: '5' })), { [OLD]: stored })).toEqual([
      'UNKNOWN_FIELD /documents/0/orderNumber',
    ]);
  });

  test('what must be looked up', () => {
    const value = message(
      'void',
      fromHistory('voided', OLD),
      fromHistory('voided', NEW, { cancels: 'refund' }),
      rail('voided', '20007700112233'),
    );
    expect([...wantedFromHistory(parsed(value))]).toEqual([
      [OLD, 'sale'],
      [NEW, 'refund'],
    ]);
    expect(wantedFromHistory(parsed(message('issue', aeroexpress('issued', '70012345678')))).size).toBe(0);
  });
});

describe('which sale is current', () => {
  const sold = { role: 'issued' } as const;
  const fee = { role: 'penalty' } as const;
  const refunded = { role: 'refunded' } as const;
  const given = { role: 'surrendered' } as const;
  const voided = { role: 'voided', cancels: 'sale' } as const;
  const back = { role: 'voided', cancels: 'refund' } as const;

  test.each([
    ['nothing', [], undefined],
    ['a sale', [sold], sold],
    ['a penalty is a sale as well', [fee], fee],
    ['refunded', [refunded, sold], 'taken-back'],
    ['exchanged', [given, sold], 'taken-back'],
    ['voided', [voided, sold], 'taken-back'],
    ['a void without cancels', [{ role: 'voided' } as const, sold], 'taken-back'],
    ['a refund that was voided gives the sale back', [back, refunded, sold], sold],
    ['refunded again after that', [refunded, back, refunded, sold], 'taken-back'],
    ['refunded and given back twice', [back, refunded, back, refunded, sold], sold],
    ['only taken back, the sale is not stored', [refunded], undefined],
  ] as [string, StoredAct[], unknown][])('to take back: %s', (_name, acts, expected) => {
    expect(saleToCopy(acts, 'sale')).toBe(expected);
  });

  test('sold anew after a refund: the newest sale', () => {
    const newer = { ...sold };
    expect(saleToCopy([newer, refunded, sold], 'sale')).toBe(newer);
    expect(saleToCopy([refunded, newer, refunded, sold], 'sale')).toBe('taken-back');
  });

  test.each([
    ['refunded', [refunded, sold], sold],
    ['exchanged', [given, sold], sold],
    ['not refunded', [sold], undefined],
    ['the refund has been voided already', [back, refunded, sold], undefined],
    ['voided, not refunded', [voided, sold], undefined],
  ] as [string, StoredAct[], unknown][])('to void a refund: %s', (_name, acts, expected) => {
    expect(saleToCopy(acts, 'refund')).toBe(expected);
  });

  test('in any life of a ticket exactly one of the two can be done', () => {
    // A legal life: sold, then refunded and given back in turns; the newest state decides.
    fc.assert(
      fc.property(fc.nat(12), (turns) => {
        const acts: StoredAct[] = [sold];
        for (let turn = 0; turn < turns; turn++) {
          acts.unshift(turn % 2 === 0 ? refunded : back);
        }
        const isSold = turns % 2 === 0;
        expect(saleToCopy(acts, 'sale')).toBe(isSold ? sold : 'taken-back');
        expect(saleToCopy(acts, 'refund')).toBe(isSold ? undefined : sold);
      }),
    );
  });
});
