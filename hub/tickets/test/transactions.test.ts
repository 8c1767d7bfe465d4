import { describe, expect, test } from 'vitest';
import { DOCUMENT_TYPES, type DocumentType, KINDS, type Kind, ROLES, type Role } from '../control/codes.ts';
import { linksOf, mailboxOrder, roleCounts, transactionOf } from '../transactions.ts';
import { accepted, air, anyDocument, insurance, message } from './control-messages.ts';

/** The table of spec 2.3 as it stands there: kind, role, types, OPTYPE/TRANS_TYPE. */
const ALL = 'ETICKET TICKET MCO EMD RECEIPT AE_TICKET TRAIN_TICKET EINSURCAR';
const SPEC = [
  ['issue', 'issued', ALL, 'SALE/SALE'],
  ['exchange-flight', 'surrendered', 'ETICKET TICKET MCO EMD', 'REFUND/EXCHANGE'],
  ['exchange-flight', 'issued', 'ETICKET TICKET MCO EMD', 'SALE/EXCHANGE'],
  ['exchange-flight', 'penalty', 'EMD MCO RECEIPT', 'SALE/EXCHANGE'],
  ['exchange-name', 'surrendered', 'ETICKET TICKET MCO EMD', 'REFUND/EXCHANGE'],
  ['exchange-name', 'issued', 'ETICKET TICKET MCO EMD', 'SALE/EXCHANGE'],
  ['exchange-name', 'penalty', 'EMD MCO RECEIPT', 'SALE/EXCHANGE'],
  ['refund', 'refunded', ALL, 'REFUND/REFUND'],
  ['refund', 'penalty', 'EMD MCO RECEIPT', 'SALE/REFUND'],
  ['void', 'voided', 'ETICKET TICKET MCO EMD RECEIPT TRAIN_TICKET EINSURCAR', 'REFUND/CANCEL'],
  ['void', 'voided', 'AE_TICKET', 'REFUND/REFUND'],
] as const;

const expected = new Map<string, string>();
for (const [kind, role, types, act] of SPEC) {
  for (const type of types.split(' ')) {
    expected.set(`${kind} ${role} ${type}`, act);
  }
}

function actOf(kind: Kind, role: Role, type: DocumentType, cancels?: 'sale' | 'refund'): string | undefined {
  const found = transactionOf(kind, { ...anyDocument(type, role, '4214200000001'), ...(cancels && { cancels }) });
  return found && `${found.opType}/${found.transType}`;
}

describe('every kind x role x type of spec 2.3', () => {
  const all = KINDS.flatMap((kind) => ROLES.flatMap((role) => DOCUMENT_TYPES.map((type) => [kind, role, type] as const)));

  test.each(all)('%s %s %s', (kind, role, type) => {
    expect(actOf(kind, role, type)).toBe(expected.get(`${kind} ${role} ${type}`));
  });

  test.each(DOCUMENT_TYPES)('void of a refund of %s', (type) => {
    expect(actOf('void', 'voided', type, 'sale')).toBe(type === 'AE_TICKET' ? 'REFUND/REFUND' : 'REFUND/CANCEL');
    expect(actOf('void', 'voided', type, 'refund')).toBe(type === 'AE_TICKET' ? undefined : 'SALE/CANCEL');
  });

  test('how many documents of each role', () => {
    expect(Object.fromEntries(KINDS.map((kind) => [kind, Object.fromEntries(roleCounts(kind))]))).toEqual({
      issue: { issued: [1, 40] },
      'exchange-flight': { surrendered: [1, 8], issued: [1, 8], penalty: [0, 8] },
      'exchange-name': { surrendered: [1, 8], issued: [1, 8], penalty: [0, 8] },
      refund: { refunded: [1, 8], penalty: [0, 8] },
      void: { voided: [1, 40] },
    });
  });
});

describe('MCO_TYPE', () => {
  test('as given; PENALTY for a penalty; none on a RECEIPT and on tickets', () => {
    expect(transactionOf('issue', air('MCO', 'issued', '4000000001', { mcoType: 'PTA' }))?.mcoType).toBe('PTA');
    expect(transactionOf('refund', air('EMD', 'refunded', '4218200000017', { mcoType: 'EXC_BAGG' }))?.mcoType).toBe('EXC_BAGG');
    expect(transactionOf('refund', air('MCO', 'penalty', '4000000001'))?.mcoType).toBe('PENALTY');
    expect(transactionOf('refund', air('RECEIPT', 'penalty', '4000000001'))).toEqual({ opType: 'SALE', transType: 'REFUND' });
    expect(transactionOf('issue', air('ETICKET', 'issued', '4214200000001'))).toEqual({ opType: 'SALE', transType: 'SALE' });
  });
});

describe('links by default', () => {
  const old = air('ETICKET', 'surrendered', '4214200000001');
  const fresh = air('ETICKET', 'issued', '4214200000002');
  const penalty = air('EMD', 'penalty', '4218200000017');

  test('an exchange: the new ticket replaces the old, the penalty belongs to the new ticket', () => {
    for (const kind of ['exchange-flight', 'exchange-name'] as const) {
      expect(linksOf(accepted(message(kind, old, fresh, penalty)))).toEqual([
        {},
        { replaces: '4214200000001' },
        { belongsTo: '4214200000002' },
      ]);
    }
  });

  test('an exchange of a ticket with its EMD: the penalty belongs to the ticket', () => {
    const documents = [
      old,
      air('EMD', 'surrendered', '4218200000001'),
      { ...fresh, replaces: old.number },
      air('EMD', 'issued', '4218200000002', { replaces: '4218200000001', belongsTo: '4214200000002' }),
      penalty,
    ];
    expect(linksOf(accepted(message('exchange-flight', ...documents)))).toEqual([
      {},
      {},
      { replaces: '4214200000001' },
      { replaces: '4218200000001', belongsTo: '4214200000002' },
      { belongsTo: '4214200000002' },
    ]);
  });

  test('a refund: the penalty belongs to the refunded ticket; a given link wins', () => {
    const refunded = air('ETICKET', 'refunded', '4214200000001');
    expect(linksOf(accepted(message('refund', refunded, penalty)))).toEqual([{}, { belongsTo: '4214200000001' }]);
    const two = [refunded, air('ETICKET', 'refunded', '4214200000003')];
    expect(linksOf(accepted(message('refund', ...two, { ...penalty, belongsTo: '4214200000003' })))[2]).toEqual({
      belongsTo: '4214200000003',
    });
  });

  test('an exchange penalty may name the old ticket instead', () => {
    const operation = accepted(message('exchange-flight', old, fresh, { ...penalty, belongsTo: old.number }));
    expect(linksOf(operation)[2]).toEqual({ belongsTo: '4214200000001' });
  });

  test('a sale: MCO, EMD, RECEIPT and insurance belong where they say; a ticket belongs to nothing', () => {
    const documents = [
      air('ETICKET', 'issued', '4214200000002', { belongsTo: '4214200000009' }),
      air('EMD', 'issued', '4218200000017', { belongsTo: '4214200000002' }),
      air('RECEIPT', 'issued', '4000000001', { belongsTo: '4214200000002' }),
      insurance('issued', '9000000012345', { belongsTo: '4214200000002' }),
      air('MCO', 'issued', '4000000002'),
    ];
    const link = { belongsTo: '4214200000002' };
    expect(linksOf(accepted(message('issue', ...documents)))).toEqual([{}, link, link, link, {}]);
  });
});

test('order in the mailboxes: what is taken back, then what is issued, then penalties; within a role as in the message', () => {
  const roles: Role[] = ['penalty', 'issued', 'surrendered', 'penalty', 'voided', 'issued', 'refunded', 'surrendered'];
  expect(mailboxOrder(roles.map((role) => ({ role })))).toEqual([2, 4, 6, 7, 1, 5, 0, 3]);
});
