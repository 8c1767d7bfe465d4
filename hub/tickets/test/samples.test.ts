import { afterAll, describe, expect, test } from 'vitest';
import { readTickets } from '../../../protocol/reader/read-tickets.ts';
import { DOCUMENT_TYPES, KINDS } from '../control/codes.ts';
import { validateOperation } from '../control/validate.ts';
import { createOperationSource } from '../samples/operation-source.ts';
import { createXmlValidator } from '../xml/validate.ts';
import { expectedRead } from './expected-read.ts';
import { createOperationStore } from './stored-operations.ts';

/** VESTNIK_SAMPLES=10000 for the full run of spec 3.7; the suite takes fewer. */
const COUNT = Number(process.env['VESTNIK_SAMPLES'] ?? 800);
const NOW = Date.parse('2026-11-23T11:00:00Z');

const pause = () => new Promise((resolve) => setImmediate(resolve));

describe('the source of operations', () => {
  test('gives the same operations for the same seed and others for another', () => {
    const first = (seed: number) => {
      const source = createOperationSource({ seed });
      return JSON.stringify(Array.from({ length: 50 }, () => source.next()));
    };
    expect(first(3)).toBe(first(3));
    expect(first(3)).not.toBe(first(4));
  });

  test('uses the agencies and the start it is given; ids and numbers never repeat', () => {
    const start = Temporal.Instant.from('2025-01-01T00:00:00Z');
    const source = createOperationSource({ seed: 5, agencies: ['X1', 'X2'], start });
    const ids = new Set<string>();
    const sold = new Set<string>();
    let before = start.epochMilliseconds - 1_000;
    for (let index = 0; index < 400; index++) {
      const { id, time, deal, documents } = source.next();
      expect(['X1', 'X2']).toContain(deal.agency);
      expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
      before = Date.parse(time);
      expect(ids).not.toContain(id);
      ids.add(id);
      for (const { role, number } of documents) {
        if (role === 'issued' || role === 'penalty') {
          expect(sold).not.toContain(number);
          sold.add(number);
        } else {
          expect(sold).toContain(number);
        }
      }
    }
  });

  test('without history every document is whole', () => {
    const source = createOperationSource({ seed: 6, history: false });
    for (let index = 0; index < 300; index++) {
      expect(source.next().documents.filter((document) => 'from' in document)).toEqual([]);
    }
  });
});

describe(`${COUNT} samples`, () => {
  const validator = createXmlValidator();
  afterAll(() => validator.dispose());
  const seen = { kinds: new Set<string>(), types: new Set<string>(), acts: new Set<string>(), currencies: new Set<string>() };
  const shapes = { history: 0, family: 0, open: 0, void: 0, segments: 0, mixed: 0, paid: 0 };
  let bytes = 0;
  let files = 0;

  test('are accepted, pass the XSD and come back equal through the tolerant reader', { timeout: 600_000 }, async () => {
    const source = createOperationSource({ seed: 2026 });
    const store = createOperationStore(NOW);
    for (let index = 0; index < COUNT; index++) {
      const sent = source.next();
      const { operation, built } = store.take(JSON.parse(JSON.stringify(sent)));
      seen.kinds.add(operation.kind);
      shapes.history += sent.documents.filter((document) => 'from' in document).length;
      shapes.family +=
        new Set(operation.documents.flatMap((document) => ('passenger' in document ? [document.passenger.fio] : []))).size > 2 ? 1 : 0;
      shapes.mixed += new Set(operation.documents.map(({ type }) => type)).size > 2 ? 1 : 0;
      shapes.paid += validateOperation(operation, NOW).warnings.filter(({ code }) => code === 'FOP_SUM' || code === 'COUPON_SUM').length;
      for (const file of built) {
        expect(validator.validate(file.xml, file.type)).toEqual([]);
        const { documents, counts, findings } = readTickets(file.xml, 'x.xml');
        expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
        expect(counts.error + counts.warning).toBe(0);
        expect(documents).toHaveLength(1);
        expect(documents[0]?.extra.size).toBe(0);
        expect(documents[0]).toMatchObject(expectedRead(operation, file));
        const document = operation.documents[file.index];
        if (document !== undefined && 'carrier' in document) {
          shapes.open += document.segments?.some(({ from, void: isVoid }) => from.date === undefined && isVoid !== true) ? 1 : 0;
          shapes.void += document.segments?.some((segment) => segment.void) ? 1 : 0;
          shapes.segments = Math.max(shapes.segments, document.segments?.length ?? 0);
        }
        seen.types.add(file.type);
        seen.acts.add(`${file.opType}/${file.transType}`);
        seen.currencies.add(file.currency);
        bytes += file.xml.length;
        files++;
      }
      if (index % 50 === 0) {
        await pause();
      }
    }
  });

  test('are varied', () => {
    expect([...seen.kinds].sort()).toEqual([...KINDS].sort());
    expect([...seen.types].sort()).toEqual([...DOCUMENT_TYPES].sort());
    expect([...seen.acts].sort()).toEqual([
      'REFUND/CANCEL',
      'REFUND/EXCHANGE',
      'REFUND/REFUND',
      'SALE/CANCEL',
      'SALE/EXCHANGE',
      'SALE/REFUND',
      'SALE/SALE',
    ]);
    expect([...seen.currencies]).toEqual(expect.arrayContaining(['RUB', 'EUR', 'KZT', 'JPY', 'KWD']));
    expect(Math.min(shapes.history, shapes.family, shapes.open, shapes.void, shapes.mixed)).toBeGreaterThan(COUNT / 100);
    expect(shapes.segments).toBe(6);
  });

  test('add up: no sample has a sum that is wrong', () => {
    expect(shapes.paid).toBe(0);
  });

  test('are about 2 KB each', () => {
    expect(bytes / files).toBeGreaterThan(1_500);
    expect(bytes / files).toBeLessThan(3_000);
  });
});
