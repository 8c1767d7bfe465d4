import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { createXmlValidator } from '../xml/validate.ts';
import { buildDocuments, DocumentTooLarge } from '../xml/writer.ts';
import { renderSchemas } from '../xml/xsd.ts';
import { accepted, air, message } from './control-messages.ts';
import { fullSale } from './full-documents.ts';

const FOLDER = new URL('../xml/schemas/', import.meta.url);

describe('the schema files', () => {
  const rendered = renderSchemas();

  test('are the five of spec 3.7', () => {
    expect([...rendered.keys()].sort()).toEqual([
      'ticket-aeroexpress.xsd',
      'ticket-air.xsd',
      'ticket-insurance.xsd',
      'ticket-rail.xsd',
      'ticket-types.xsd',
    ]);
    expect(readdirSync(FOLDER).sort()).toEqual([...rendered.keys()].sort());
  });

  test.each([...rendered])('%s is what the tables say (npm run docs)', (name, text) => {
    expect(readFileSync(new URL(name, FOLDER), 'utf8')).toBe(text);
  });

  test('the four include the shared types', () => {
    for (const [name, text] of rendered) {
      expect(text.includes('<xs:include schemaLocation="ticket-types.xsd"/>')).toBe(name !== 'ticket-types.xsd');
    }
  });
});

describe('the validator', () => {
  const validator = createXmlValidator();
  afterAll(() => validator.dispose());
  const files = buildDocuments(accepted(fullSale()));
  const ticket = String(files[0]?.xml);
  const faults = (xml: string, type = 'ETICKET') => validator.validate(Buffer.from(xml), type);

  test.each(files.map((file) => [file.type, file] as const))('%s with every field is valid', (type, file) => {
    expect(validator.validate(file.xml, type)).toEqual([]);
  });

  test.each([
    ['another order', (xml: string) => xml.replace(/( {4}<PNR>.*\n)( {4}<PNR_LAT>.*\n)/, '$2$1')],
    ['an unknown element', (xml: string) => xml.replace('    <FIO>', '    <NEW>1</NEW>\n    <FIO>')],
    ['an unknown attribute', (xml: string) => xml.replace('<SYSTEM ', '<SYSTEM new="1" ')],
    ['a missing element', (xml: string) => xml.replace(/ {4}<BSONUM>.*\n/, '')],
    ['a missing attribute', (xml: string) => xml.replace(' utc="+0300"', '')],
    ['a date of seven digits', (xml: string) => xml.replace(/<DEALDATE>./, '<DEALDATE>')],
    ['a decimal comma', (xml: string) => xml.replace('<FARE type="N" vat_amount="454.55"', '<FARE type="N" vat_amount="454,55"')],
    ['one digit after the point', (xml: string) => xml.replace('>5000.10</FARE>', '>5000.1</FARE>')],
    ['a minus', (xml: string) => xml.replace('>5000.10</FARE>', '>-5000.10</FARE>')],
    ['ERASE', (xml: string) => xml.replace('<TRANS_TYPE>SALE', '<TRANS_TYPE>ERASE')],
    ['IS_VOID Y', (xml: string) => xml.replace('<IS_VOID>T', '<IS_VOID>Y')],
    ['an empty element', (xml: string) => xml.replace(/<PNR>.*<\/PNR>/, '<PNR/>')],
    ['an empty container', (xml: string) => xml.replace(/<TAXES>[\s\S]*<\/TAXES>/, '<TAXES/>')],
    ['two TICKET', (xml: string) => xml.replace(/ {2}<TICKET>[\s\S]*<\/TICKET>\n/, '$&$&')],
    ['a name in another case', (xml: string) => xml.replaceAll('CONJ>', 'Conj>')],
    ['a text that is too long', (xml: string) => xml.replace('<TOURCODE>', `<TOURCODE>${'x'.repeat(20)}`)],
  ])('%s is found', (_name, change) => {
    expect(change(ticket)).not.toBe(ticket);
    expect(faults(change(ticket))).not.toEqual([]);
    expect(faults(change(ticket))[0]).toMatch(/^line \d+: /);
  });

  test('what a schema cannot say is found by code', () => {
    expect(faults(ticket.replace(/ {4}<SEGMENTS>[\s\S]*<\/SEGMENTS>\n/, ''))).toEqual([
      'SEGMENTS is missing: ETICKET has at least one segment',
    ]);
    expect(faults(ticket, 'TICKET')).toEqual(['TYPE is ETICKET where TICKET was expected']);
  });

  test.each(['', '<', '<a>', '\u0000', '<TICKETS/>', ticket.slice(0, 500), `${ticket}<x/>`])(
    'what is no such file gives faults, not exceptions: %#',
    (xml) => {
      expect(faults(xml)).not.toEqual([]);
    },
  );

  test('a type that it does not know', () => {
    expect(faults(ticket, 'BUS')).toEqual(['no schema for the type BUS']);
  });

  test('entities are not fetched', () => {
    const attack = '<!DOCTYPE TICKETS [<!ENTITY x SYSTEM "file:///etc/hostname">]><TICKETS><TICKET>&x;</TICKET></TICKETS>';
    expect(faults(attack).join()).not.toContain(readFileSync('/etc/hostname', 'utf8').trim());
  });
});

describe('the writer', () => {
  test('gives the same bytes for the same operation', () => {
    const once = buildDocuments(accepted(fullSale()));
    const again = buildDocuments(accepted(fullSale()));
    expect(again.map(({ xml, sha256 }) => [xml, sha256])).toEqual(once.map(({ xml, sha256 }) => [xml, sha256]));
  });

  test('says what the mailbox and the feed need to know', () => {
    const [file] = buildDocuments(
      accepted(
        message('issue', air('ETICKET', 'issued', '4214200000001', { pnr: '0Б', pnrLatin: '0B', taxes: [{ code: 'YQ', amount: '0.5' }] })),
      ),
    );
    expect(file).toMatchObject({
      index: 0,
      role: 'issued',
      type: 'ETICKET',
      opType: 'SALE',
      transType: 'SALE',
      number: '4214200000001',
      pnr: '0B',
      carrier: 'S7',
      segmentCarriers: [],
      currency: 'RUB',
      amount: '5000.50',
      links: {},
    });
  });

  test('carriers: of the document, of its segments each once, of an insurance the insurer', () => {
    const files = buildDocuments(accepted(fullSale()));
    expect(files.map(({ carrier }) => carrier)).toEqual(['S7', 'S7', 'S7', 'S7', 'S7', undefined, undefined, 'АЛЬФ']);
    expect(files[0]?.segmentCarriers).toEqual(['S7', 'U6']);
    expect(files[6]?.segmentCarriers).toEqual([]);
  });

  test('a file over 1 MiB is refused: TOO_LARGE', () => {
    const operation = accepted(message('issue', air('ETICKET', 'issued', '4214200000001')));
    const endless = { ...operation, documents: [air('ETICKET', 'issued', '4214200000001', { fareCalc: '&'.repeat(300_000) })] };
    expect(() => buildDocuments(endless)).toThrow(DocumentTooLarge);
    try {
      buildDocuments(endless);
    } catch (error) {
      expect((error as DocumentTooLarge).fault).toMatchObject({ code: 'TOO_LARGE', path: '/documents/0' });
    }
  });

  test('an operation that was not checked is not written', () => {
    const operation = accepted(message('issue', air('ETICKET', 'issued', '4214200000001')));
    expect(() => buildDocuments({ ...operation, kind: 'refund' })).toThrow('was not checked');
    const bare = { ...air('ETICKET', 'issued', '4214200000001'), currency: undefined as unknown as string };
    expect(() => buildDocuments({ ...operation, documents: [bare] })).toThrow('CURRENCY');
  });
});
