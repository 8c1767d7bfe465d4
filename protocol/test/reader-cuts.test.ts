import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReadResult } from '../reader/document.ts';
import { findingText } from '../reader/finding.ts';
import { readTickets } from '../reader/read-tickets.ts';
import { FIXTURES, fixture } from './reading.ts';

/** What holds for any bytes at all: the places are inside of the file, the texts exist, the documents lie one behind the other. */
function expectSane(result: ReadResult, size: number): void {
  let end = 0;
  for (const document of result.documents) {
    expect(document.bytes.start).toBeGreaterThanOrEqual(end);
    expect(document.bytes.end).toBeLessThanOrEqual(size);
    end = document.bytes.end;
  }
  for (const finding of result.findings) {
    if (finding.offset < 0 || finding.offset > size || finding.line < 1 || finding.column < 1) expect.fail(JSON.stringify(finding));
    const text = findingText(finding, 'en') + findingText(finding, 'ru');
    if (/\{\w+\}|undefined|\n/.test(text)) expect.fail(text);
  }
}

describe('each file cut at every byte gives findings and no exception', () => {
  test.each(FIXTURES)('%s', (name) => {
    const bytes = fixture(name);
    const whole = readTickets(bytes, name);
    for (let size = 0; size < bytes.length; size++) {
      const result = readTickets(bytes.subarray(0, size), name);
      expectSane(result, size);
      // What was complete before the cut is there, and is what it was.
      const complete = whole.documents.filter((document) => document.bytes.end <= size);
      if (result.documents.length !== complete.length || result.documents.at(-1)?.identity !== complete.at(-1)?.identity) {
        expect.fail(`cut at ${size}: ${result.documents.length} documents instead of ${complete.length}`);
      }
      if (complete.length < whole.documents.length && result.findings.every((finding) => finding.severity === 'info')) {
        // Only a cut exactly between two documents of a file leaves a good file.
        const rest = new TextDecoder(whole.encoding).decode(bytes.subarray(0, size));
        expect(rest).toMatch(/<\/TICKETS>[\s]*$/);
      }
    }
  });
});

describe('any bytes', () => {
  test('random bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const result = readTickets(bytes, 'r');
        expectSane(result, bytes.length);
        expect(result.counts.error).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });

  test('random pieces of XML never throw', () => {
    const piece = fc.constantFrom(
      '<?xml version="1.0"?>',
      '<?xml version="1.0" encoding="windows-1251"?>',
      '<?xml',
      '?>',
      '<TICKETS>',
      '</TICKETS>',
      '<TICKET>',
      '</TICKET>',
      '<TICKET/>',
      '<BSONUM>',
      '</BSONUM>',
      '<TAXES><TAX>',
      '</TAX></TAXES>',
      '<A b="c">',
      '</A>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<!DOCTYPE x [',
      ']>',
      '&amp;',
      '&#1;',
      '&x;',
      '"',
      "'",
      '<',
      '>',
      '&',
      'Ж',
      '\u0000',
      '\ufeff',
      '\ud800',
      '1',
      ' ',
      '\r',
      '\n',
      '<FARE>',
      '</FARE>',
      '<SEGMENTS><SEGMENT><IS_VOID>T</IS_VOID></SEGMENT></SEGMENTS>',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const bytes = new TextEncoder().encode(pieces.join(''));
        expectSane(readTickets(bytes, 'r'), bytes.length);
      }),
      { numRuns: 5000 },
    );
  });

  test('random edits of good files never throw, and do not undo the documents before them', () => {
    const edit = fc.record({ at: fc.nat(10_000), drop: fc.nat(30), put: fc.uint8Array({ maxLength: 12 }) });
    fc.assert(
      fc.property(fc.constantFrom(...FIXTURES), fc.array(edit, { minLength: 1, maxLength: 4 }), (name, edits) => {
        const whole = fixture(name);
        let bytes: Uint8Array = whole;
        let first = whole.length;
        for (const { at, drop, put } of edits) {
          const place = at % (bytes.length + 1);
          first = Math.min(first, place);
          bytes = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + drop)]);
        }
        const result = readTickets(bytes, name);
        expectSane(result, bytes.length);
        const untouched = readTickets(whole, name);
        // An undeclared encoding is guessed from the whole file, so there an edit may change everything.
        if (name !== 'windows-1251-undeclared.xml' && name !== 'concatenated-encodings.xml') {
          const before = untouched.documents.filter((document) => document.bytes.end <= first);
          expect(result.documents.slice(0, before.length).map((document) => document.xml)).toEqual(before.map((document) => document.xml));
        }
      }),
      { numRuns: 1500 },
    );
  });
});
