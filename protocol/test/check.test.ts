import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { Check, type CheckReport } from '../check/check.ts';
import { renderReport } from '../check/report.ts';
import type { Finding } from '../reader/finding.ts';
import { MAX_FILE_BYTES, readTickets } from '../reader/read-tickets.ts';
import { readFixture } from './reading.ts';

type Fields = { type?: string; op?: string; trans?: string; number?: string; more?: string };

function ticket({ type = 'ETICKET', op = 'SALE', trans = 'SALE', number = '1', more = '' }: Fields): string {
  return `<TICKET><TYPE>${type}</TYPE><CURRENCY>RUB</CURRENCY><OPTYPE>${op}</OPTYPE><TRANS_TYPE>${trans}</TRANS_TYPE><BSONUM>${number}</BSONUM>${more}</TICKET>`;
}

/** Checks files given as name -> TICKET elements. */
function checkFiles(files: Record<string, string>): CheckReport {
  const check = new Check();
  for (const [name, tickets] of Object.entries(files)) {
    check.add(readTickets(new TextEncoder().encode(`<TICKETS>\n${tickets}</TICKETS>`), name));
  }
  return check.finish();
}

function found(report: CheckReport, code: Finding['code']): Finding[] {
  return report.findings.filter((finding) => finding.code === code);
}

describe('duplicates', () => {
  test('the same record in two files is a warning that names the other place', () => {
    const report = checkFiles({
      'a.xml': ticket({}),
      'b.xml': `${ticket({ number: '2' })}\n  ${ticket({}).replace('><BSONUM', '>\n  <BSONUM')}`,
    });
    expect(found(report, 'DUPLICATE')).toMatchObject([
      { severity: 'warning', file: 'b.xml', line: 3, path: '/TICKETS/TICKET[2]', args: { other: 'a.xml:2' } },
    ]);
    expect(report.counts.error).toBe(0);
  });

  test('the same identity with other content is a warning: a voided refund may be followed by another', () => {
    const report = checkFiles({ 'a.xml': ticket({ more: '<FARE>1</FARE>' }), 'b.xml': ticket({ more: '<FARE>2</FARE>' }) });
    expect(found(report, 'DUPLICATE_DIFFERS')).toMatchObject([{ severity: 'warning', file: 'b.xml' }]);
    expect(report.totals.damagedFiles).toBe(0);
  });

  test('the number alone is not the identity, and a record without a number has none', () => {
    const same = ticket({ op: 'REFUND', trans: 'REFUND' }) + ticket({ op: 'REFUND', trans: 'EXCHANGE' }) + ticket({});
    const nameless = ticket({}).replace(/<BSONUM>.*<\/BSONUM>/, '');
    const report = checkFiles({ 'a.xml': same, 'b.xml': nameless + nameless });
    expect(report.findings.filter((finding) => finding.code.startsWith('DUPLICATE'))).toEqual([]);
  });
});

describe('links', () => {
  test('EX_BSONUM and TO_BSONUM find their partner in any file and order', () => {
    const report = checkFiles({
      'new.xml': ticket({ number: '2', trans: 'EXCHANGE', more: '<EX_BSONUM>421-1</EX_BSONUM>' }),
      'fee.xml': ticket({ number: '3', type: 'EMD', more: '<TO_BSONUM>2</TO_BSONUM>' }),
      'old.xml': ticket({ number: '4211', op: 'REFUND', trans: 'EXCHANGE' }),
    });
    expect(report.counts).toMatchObject({ error: 0, warning: 0 });
  });

  test('without their partner they are warned of', () => {
    const report = checkFiles({ 'new.xml': ticket({ number: '2', more: '<EX_BSONUM>1</EX_BSONUM><TO_BSONUM>9</TO_BSONUM>' }) });
    expect(found(report, 'EXCHANGE_PARTNER')).toMatchObject([
      { severity: 'warning', path: '/TICKETS/TICKET[1]/EX_BSONUM', args: { number: '1' } },
    ]);
    expect(found(report, 'OWNER_PARTNER')).toMatchObject([{ file: 'new.xml', line: 2, args: { number: '9' } }]);
  });

  test('a link to the document itself is an error', () => {
    const report = checkFiles({ 'x.xml': ticket({ number: '2', more: '<EX_BSONUM>2</EX_BSONUM>' }) });
    expect(found(report, 'LINK_SELF')).toMatchObject([{ severity: 'error', args: { name: 'EX_BSONUM' } }]);
  });
});

describe('coupon sums', () => {
  const coupons = (fare: string, ...values: string[]) => {
    const list = values.map((value, i) => `<EMDCOUPON><COUPON_NO>${i + 1}</COUPON_NO><VALUE>${value}</VALUE></EMDCOUPON>`).join('');
    return found(
      checkFiles({ 'x.xml': ticket({ type: 'EMD', more: `<FARE>${fare}</FARE><EMDCOUPONS>${list}</EMDCOUPONS>` }) }),
      'COUPON_SUM',
    );
  };

  test('add up within 0.009', () => {
    expect(coupons('0.3', '0.1', '0.2')).toEqual([]);
    expect(coupons('100', '33.333', '33.333', '33.334')).toEqual([]);
    expect(coupons('100', '50.0045', '50.0045')).toEqual([]);
    expect(coupons('100', '49.9955', '49.9955')).toEqual([]);
  });

  test('beyond that they are warned of', () => {
    expect(coupons('100', '50.0045', '50.0046')).toMatchObject([{ severity: 'warning', args: { sum: '100.0091', expected: '100' } }]);
    expect(coupons('100', '50', '49.99')).toHaveLength(1);
    expect(coupons('900719925474099', '900719925474098.5', '0.49')).toHaveLength(1);
  });

  test('what could not be read is not summed up', () => {
    expect(coupons('100', '50', 'x')).toEqual([]);
  });
});

describe('FOP sums', () => {
  const paid = (amounts: string[], more: string, op = 'SALE') => {
    const list = amounts.map((amount) => `<FOP><TYPE>CA</TYPE><AMOUNT>${amount}</AMOUNT></FOP>`).join('');
    return found(checkFiles({ 'x.xml': ticket({ op, more: `${more}<FOPS>${list}</FOPS>` }) }), 'PAYMENT_SUM');
  };
  const taxes = '<TAXES><TAX><CODE>A</CODE><AMOUNT>0.20</AMOUNT></TAX><TAX><CODE>A</CODE><AMOUNT>300</AMOUNT></TAX></TAXES>';

  test('are compared with fare and taxes, TOTAL or AMOUNT', () => {
    expect(paid(['400', '0.30'], `<FARE>100.1</FARE>${taxes}`)).toEqual([]);
    expect(paid(['400.31'], `<FARE>100.1</FARE>${taxes}`)).toMatchObject([
      { args: { sum: '400.31', expected: '400.30', of: 'FARE + TAXES' } },
    ]);
    expect(paid(['99'], '<FARE>100</FARE>')).toMatchObject([{ args: { of: 'FARE' } }]);
    expect(paid(['99'], '<TOTAL>100</TOTAL>')).toMatchObject([{ args: { of: 'TOTAL' } }]);
    expect(paid(['99'], '<AMOUNT>100</AMOUNT>')).toMatchObject([{ path: '/TICKETS/TICKET[1]/FOPS', args: { of: 'AMOUNT' } }]);
  });

  test('what is given back may be less by the penalty', () => {
    const refund = '<FARE>100</FARE><PENALTY>30</PENALTY>';
    expect(paid(['70'], refund, 'REFUND')).toEqual([]);
    expect(paid(['100'], refund, 'REFUND')).toEqual([]);
    expect(paid(['80'], refund, 'REFUND')).toHaveLength(1);
    expect(paid(['70'], refund, 'SALE')).toHaveLength(1);
  });

  test('nothing is judged without payments or with amounts that cannot be read', () => {
    expect(paid([], '<FARE>100</FARE>')).toEqual([]);
    expect(paid(['x'], '<FARE>100</FARE>')).toEqual([]);
    expect(paid(['1'], '<FARE>y</FARE>')).toEqual([]);
    expect(paid(['1'], `<FARE>100</FARE>${taxes.replace('300', 'z')}`)).toEqual([]);
  });
});

describe('sequence gaps in our file names', () => {
  const name = (sequence: number) => `20261122-140500-${String(sequence).padStart(9, '0')}-EMD-SALE-SALE-${sequence}.xml`;
  const files = (folder: string, ...sequences: number[]) =>
    Object.fromEntries(sequences.map((sequence) => [`${folder}${name(sequence)}`, ticket({ number: folder.length + String(sequence) })]));

  test('are told for each folder, whatever the order and the beginning', () => {
    const report = checkFiles({ ...files('a/', 1005, 1001, 1002, 1009), ...files('C:\\b\\', 7, 8), ...files('', 3) });
    expect(found(report, 'SEQUENCE_GAP')).toMatchObject([
      { severity: 'warning', file: 'a', line: 0, args: { from: 1003, to: 1004, count: 2 } },
      { file: 'a', args: { from: 1006, to: 1008, count: 3 } },
    ]);
  });

  test('a number that comes twice is told', () => {
    const report = checkFiles({ ...files('a/', 1, 2), [`a/${name(2).replace('.xml', '~2.xml')}`]: ticket({ number: '77' }) });
    expect(found(report, 'SEQUENCE_REPEATED')).toMatchObject([{ file: 'a', args: { from: 2, count: 2 } }]);
    expect(found(report, 'SEQUENCE_GAP')).toEqual([]);
  });

  test('a file that cannot be opened is an error, but no gap', () => {
    const check = new Check();
    check.unreadable(`a/${name(2)}`, 'EACCES');
    for (const sequence of [1, 3])
      check.add(readTickets(Buffer.from(`<TICKETS>${ticket({ number: `${sequence}` })}</TICKETS>`), `a/${name(sequence)}`));
    const report = check.finish();
    expect(report.findings).toMatchObject([{ code: 'UNREADABLE', args: { why: 'EACCES' } }]);
    expect(report.totals).toMatchObject({ files: 3, damagedFiles: 1, documents: 2 });
  });
});

describe('the report', () => {
  function reportOfFixtures(): CheckReport {
    const check = new Check();
    for (const name of [
      'eticket-sale.xml',
      'eticket-surrendered.xml',
      'eticket-exchange.xml',
      'emd-penalty.xml',
      'insurance-sale.xml',
      'rail-refund.xml',
      'doctype.xml',
    ]) {
      check.add(readFixture(name));
    }
    return check.finish();
  }

  test('counts files, documents and money', () => {
    const report = reportOfFixtures();
    expect(report.totals).toEqual({
      files: 7,
      damagedFiles: 1,
      documents: 7,
      types: [
        { type: 'ETICKET', documents: 4 },
        { type: 'EMD', documents: 1 },
        { type: 'EINSURCAR', documents: 1 },
        { type: 'TRAIN_TICKET', documents: 1 },
      ],
      money: [{ currency: 'RUB', sales: '18350', refunds: '8620.40' }],
    });
    expect(report.counts).toEqual({ error: 1, warning: 0, info: 0 });
  });

  test('is rendered in both languages', () => {
    const report = reportOfFixtures();
    expect(renderReport(report, 'en')).toBe(
      [
        'doctype.xml',
        '  error  DOCTYPE  line 2:1, byte 22',
        '    DOCTYPE and entity declarations are not allowed; the document is refused',
        '',
        'Files: 7, with errors: 1. Documents: 7.',
        '  ETICKET 4, EMD 1, EINSURCAR 1, TRAIN_TICKET 1',
        '  RUB: sales 18350, refunds 8620.40',
        'Errors: 1, warnings: 0, notes: 0.',
        '',
      ].join('\n'),
    );
    const russian = renderReport(report, 'ru');
    expect(russian).toContain(
      '  ошибка  DOCTYPE  строка 2:1, байт 22\n    объявления DOCTYPE и сущностей не допускаются; документ отклонён\n',
    );
    expect(russian).toContain('  RUB: продажи 18350, возвраты 8620.40\nОшибок: 1, предупреждений: 0, сведений: 0.\n');
  });

  test('shows nothing that could steer a terminal', () => {
    const report = checkFiles({ 'evil\u001b[2J\n.xml': ticket({ type: 'A\u202eB\u009b', more: '<FARE>\u009b1</FARE>' }) });
    const text = renderReport(report, 'ru') + renderReport(report, 'en');
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    expect(text).toContain('evil\ufffd[2J\ufffd.xml\n');
  });

  test('keeps the first thousand findings of each severity and tells how many more there are', () => {
    const check = new Check();
    for (let i = 0; i < 300; i++)
      check.add(readTickets(Buffer.from(`<TICKETS>${'<TICKET><FARE>x</FARE></TICKET>'.repeat(10)}</TICKETS>`), `${i}.xml`));
    const report = check.finish();
    expect(report.counts.error).toBe(3000);
    expect(report.findings.filter((finding) => finding.severity === 'error')).toHaveLength(1000);
    expect(renderReport(report, 'en')).toContain(`Not shown: ${3000 + 12_000 + report.counts.info - report.findings.length}.\n`);
  });
});

test('what the check remembers does not hold the files in memory', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const check = new Check();
  const readOne = (i: number) => {
    const text = ticket({
      number: `42142${String(i).padStart(8, '0')}`,
      more: `<EX_BSONUM>42143${String(i).padStart(8, '0')}</EX_BSONUM><FARE>not an amount ${i}</FARE>`,
    });
    const bytes = Buffer.alloc(MAX_FILE_BYTES / 8, ' ');
    bytes.write(`<TICKETS>${text}</TICKETS>`);
    check.add(readTickets(bytes, `${i}.xml`));
  };
  readOne(0);
  collect();
  // Long strings may lie outside of the heap.
  const used = () => process.memoryUsage().heapUsed + process.memoryUsage().external;
  const before = used();
  for (let i = 1; i <= 40; i++) readOne(i);
  collect();
  collect();
  // The 40 files have 84 MB.
  expect(used() - before).toBeLessThan(40_000_000);
  expect(check.finish().counts).toMatchObject({ error: 41, warning: 41 });
});
