import fc from 'fast-check';
import { XmlDocument } from 'libxml2-wasm';
import { afterAll, expect, test } from 'vitest';
import { readTickets } from '../../../protocol/reader/read-tickets.ts';
import { createXmlValidator } from '../xml/validate.ts';
import { buildDocuments } from '../xml/writer.ts';
import { accepted } from './control-messages.ts';
import { fullSale } from './full-documents.ts';

// Hostile text in every field that reaches the XML (spec 9.2): it is escaped, the file stays well-formed and valid, and comes back equal.

const validator = createXmlValidator();
afterAll(() => validator.dispose());

const pieces = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '&',
      '<',
      '>',
      '"',
      "'",
      ']]>',
      '<![CDATA[',
      '<!--',
      '-->',
      '&amp;',
      '&#0;',
      '</FIO>',
      '<?x?>',
      '%',
      '\u00a0',
      '\u2028',
      'Ё',
      'Я',
      '𝒜',
      '🛫',
      '\u0301',
      '\u202e',
      '\ufeff',
      '\ufffd',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }) },
);

/** Text of 1..max code points that the control message accepts and a reader does not trim. */
function hostile(max: number, lines: boolean): fc.Arbitrary<string> {
  return fc.array(pieces, { minLength: 1, maxLength: Math.min(max, 12) }).map((parts) => {
    const characters = Array.from(parts.join(lines ? '\n' : '')).filter((character) =>
      lines && character === '\n' ? true : !/[\p{Cc}\ufffe\uffff]/u.test(character),
    );
    return `x${characters.slice(0, Math.max(0, max - 2)).join('')}${max > 1 ? 'y' : ''}`;
  });
}

/** Fields of fullSale that a document has no element for, by the position of the document among those that have the field. */
const UNWRITTEN: Record<string, number[]> = { FORMTYPE: [0, 3], SERIES: [0, 3], FIO: [5, 6] };

test('hostile text in every field survives, and the file stays well-formed', () => {
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const given = new Map<string, string[]>();
      const operation = accepted(
        fullSale((max, name, lines = false) => {
          const text = generate(hostile, max, lines);
          given.set(name, [...(given.get(name) ?? []), text]);
          return text;
        }),
      );
      const seen = new Set<string>();
      for (const { type, xml } of buildDocuments(operation)) {
        expect(validator.validate(xml, type)).toEqual([]);
        const document = XmlDocument.fromBuffer(xml);
        try {
          for (const node of document.find('//*[not(*)] | //@*')) {
            seen.add(node.content);
          }
        } finally {
          document.dispose();
        }
      }
      for (const [name, values] of given) {
        if (name !== 'PT' && name !== 'PASSNUMBER') {
          const written = values.filter((_value, index) => UNWRITTEN[name]?.includes(index) !== true);
          expect(written.filter((value) => !seen.has(value))).toEqual([]);
        }
      }
      for (const document of operation.documents) {
        const passenger = 'passenger' in document ? document.passenger : undefined;
        if (passenger?.document !== undefined) {
          expect(seen).toContain(passenger.document.type + passenger.document.number);
        }
      }
      expect(given.size).toBeGreaterThan(20);
    }),
    { numRuns: 60 },
  );
});

test('the tolerant reader gives it back too', () => {
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const operation = accepted(fullSale((max, _name, lines = false) => generate(hostile, max, lines)));
      for (const { index, xml } of buildDocuments(operation)) {
        const sent = operation.documents[index];
        const { documents, counts } = readTickets(xml, 'x.xml');
        expect(counts).toMatchObject({ error: 0, warning: 0 });
        const [read] = documents;
        expect(read?.system).toMatchObject({ id: '1H', session: operation.system.session });
        if (sent !== undefined && 'carrier' in sent) {
          expect(read).toMatchObject({
            fareCalc: sent.fareCalc,
            endorsements: sent.endorsements,
            tourCode: sent.tourCode,
            pnr: sent.pnr,
            conjunction: sent.conjunction,
            agencyInfo: sent.agencyInfo,
            passengers: [{ fio: sent.passenger.fio, surname: sent.passenger.surname, name: sent.passenger.name }],
          });
        } else if (sent?.type === 'TRAIN_TICKET') {
          expect(read).toMatchObject({
            orderNumber: sent.orderNumber,
            carrierVatId: sent.carrierVatId,
            segments: [{ train: sent.segments[0]?.train }],
          });
        }
      }
    }),
    { numRuns: 40 },
  );
});
