import { describe, expect, test } from 'vitest';
import { readTickets } from '../reader/read-tickets.ts';
import { codes, fixture, readFixture } from './reading.ts';

const OLD_CODES = [
  'warning DATE_PADDED',
  'warning TIME_PADDED',
  'info OTHER_VALUE',
  'info NUMBER_CLEANED',
  'info AMOUNT_CLEANED',
  'warning NEGATIVE',
  'info UNKNOWN_ELEMENT',
  'info UNKNOWN_ELEMENT',
];

function bytesOf(...parts: (string | number[])[]): Uint8Array {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));
}

describe('encodings of spec 3.8', () => {
  test.each([
    ['utf-8-bom.xml', 'utf-8', '4214200000003', 'ИВАНОВА/АННА ПЕТРОВНА'],
    ['utf-16-le.xml', 'utf-16le', '4214200000004', 'ИВАНОВА/АННА ПЕТРОВНА'],
    ['utf-16-be.xml', 'utf-16be', '4214200000005', 'ИВАНОВА/АННА ПЕТРОВНА'],
    ['windows-1251-declared.xml', 'windows-1251', '61403212345', 'СИДОРОВ/П'],
    ['cp1251-declared.xml', 'windows-1251', '61403212345', 'СИДОРОВ/П'],
  ])('%s is read as %s', (name, encoding, number, fio) => {
    const result = readFixture(name);
    expect(result.encoding).toBe(encoding);
    expect(result.documents.map((document) => [document.number, document.passengers?.[0]?.fio])).toEqual([[number, fio]]);
    expect(codes(result)).toEqual(encoding === 'windows-1251' ? OLD_CODES : []);
  });

  test('undeclared and not valid UTF-8: windows-1251 with a warning', () => {
    const result = readFixture('windows-1251-undeclared.xml');
    expect(result.encoding).toBe('windows-1251');
    expect(result.documents[0]?.passengers).toEqual([{ fio: 'СИДОРОВ/П' }]);
    expect(codes(result)).toEqual(['warning ENCODING_GUESSED', ...OLD_CODES]);
  });

  test('the bytes of a document are found again in every encoding', () => {
    for (const name of [
      'utf-8-bom.xml',
      'utf-16-le.xml',
      'utf-16-be.xml',
      'windows-1251-declared.xml',
      'concatenated-encodings.xml',
      'several-tickets.xml',
    ]) {
      const bytes = fixture(name);
      for (const document of readFixture(name).documents) {
        const own = bytes.subarray(document.bytes.start, document.bytes.end);
        const label = name.startsWith('concatenated')
          ? document.number === '61403212345'
            ? 'windows-1251'
            : 'utf-8'
          : readFixture(name).encoding;
        expect(new TextDecoder(label).decode(own)).toBe(document.xml);
        expect(document.xml).toMatch(/^<TICKET>[\s\S]*<\/TICKET>$/);
      }
    }
  });

  test('each document of a file may declare its own encoding', () => {
    const result = readFixture('concatenated-encodings.xml');
    expect(result.documents.map((document) => document.passengers?.[0]?.fio)).toEqual([
      'ИВАНОВА/АННА ПЕТРОВНА',
      'СИДОРОВ/П',
      'ИВАНОВА/АННА ПЕТРОВНА',
    ]);
    expect(codes(result)).toEqual(['warning CONCATENATED', ...OLD_CODES, 'warning CONCATENATED']);
    const last = result.findings.at(-1);
    const text = fixture('concatenated-encodings.xml').toString('latin1');
    expect(last).toMatchObject({ offset: text.lastIndexOf('<?xml'), line: text.slice(0, text.lastIndexOf('<?xml')).split('\n').length });
  });

  test('UTF-16 without a mark is known by its zero bytes', () => {
    const marked = fixture('utf-16-le.xml');
    const result = readTickets(marked.subarray(2), 'x.xml');
    expect(result.encoding).toBe('utf-16le');
    expect(result.documents[0]?.number).toBe('4214200000004');
  });

  test('a mark or the bytes win over a declaration that cannot be true', () => {
    const wrong = readTickets(
      bytesOf([0xef, 0xbb, 0xbf], '<?xml version="1.0" encoding="windows-1251"?><TICKETS><TICKET><FIO>Ж</FIO></TICKET></TICKETS>'),
      'x',
    );
    expect(wrong.documents[0]?.passengers).toEqual([{ fio: 'Ж' }]);
    expect(wrong.findings[0]).toMatchObject({ code: 'ENCODING_MISMATCH', args: { declared: 'windows-1251', encoding: 'utf-8' } });
    const narrow = readTickets(bytesOf('<?xml version="1.0" encoding="UTF-16"?><TICKETS><TICKET><FIO>Ж</FIO></TICKET></TICKETS>'), 'x');
    expect(narrow.documents[0]?.passengers).toEqual([{ fio: 'Ж' }]);
    expect(narrow.findings[0]?.code).toBe('ENCODING_MISMATCH');
  });

  test('an encoding that nobody writes is guessed with a warning', () => {
    const result = readTickets(
      bytesOf('<?xml version="1.0" encoding="koi8-r"?><TICKETS><TICKET><FIO>', [0xc0, 0xe0], '</FIO></TICKET></TICKETS>'),
      'x',
    );
    expect(result.findings[0]).toMatchObject({ code: 'ENCODING_UNKNOWN', args: { declared: 'koi8-r', encoding: 'windows-1251' } });
    expect(result.documents[0]?.passengers).toEqual([{ fio: 'Аа' }]);
  });

  test('bytes that are not of the declared UTF-8 are an error at their place; the documents are read', () => {
    const head = '<?xml version="1.0" encoding="UTF-8"?>\n<TICKETS><TICKET><FIO>Ж';
    const result = readTickets(bytesOf(head, [0xc0, 0xe0], 'x</FIO><BSONUM>77</BSONUM></TICKET></TICKETS>'), 'x');
    expect(result.documents[0]).toMatchObject({ number: '77', passengers: [{ fio: 'Ж\ufffd\ufffdx' }] });
    const broken = result.findings.find((finding) => finding.code === 'BROKEN_TEXT');
    expect(broken).toMatchObject({ severity: 'error', line: 2, offset: Buffer.byteLength(head) });
    expect(result.documents[0]?.bytes.end).toBe(Buffer.byteLength(head) + 2 + 'x</FIO><BSONUM>77</BSONUM></TICKET>'.length);
  });

  test('every ill-formed piece counts its own bytes', () => {
    for (const piece of [
      [0x80],
      [0xc1, 0x81],
      [0xe0, 0x80, 0x80],
      [0xe2, 0x82],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x9f, 0x98],
      [0xf5],
      [0xf4, 0x90, 0x80, 0x80],
    ]) {
      const head = '<?xml version="1.0" encoding="UTF-8"?><TICKETS><TICKET><FIO>';
      const bytes = bytesOf(head, piece, '\ufffd😀</FIO></TICKET></TICKETS>');
      const [document] = readTickets(bytes, 'x').documents;
      expect(document?.bytes.end).toBe(bytes.length - '</TICKETS>'.length);
    }
  });

  test('half a surrogate pair in UTF-16 is an error, a true U+FFFD is not', () => {
    const text = '\ufeff<TICKETS><TICKET><FIO>\ufffd?</FIO><BSONUM>5</BSONUM></TICKET></TICKETS>';
    const bytes = Buffer.from(text, 'utf16le');
    expect(codes(readTickets(bytes, 'x'))).not.toContain('error BROKEN_TEXT');
    const at = Buffer.from('?', 'utf16le');
    bytes.writeUInt16LE(0xd800, bytes.indexOf(at));
    const result = readTickets(bytes, 'x');
    expect(result.findings.find((finding) => finding.code === 'BROKEN_TEXT')?.offset).toBe(text.indexOf('?') * 2);
    expect(result.documents[0]?.number).toBe('5');
  });

  test('a switch of encoding at every document ends at a bound', () => {
    const pair = '<?xml version="1.0" encoding="windows-1251"?><TICKETS/><?xml version="1.0" encoding="utf-8"?><TICKETS/>';
    const begun = performance.now();
    const result = readTickets(Buffer.from(pair.repeat(20_000)), 'x');
    expect(result.counts.warning).toBe(40_000);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});
