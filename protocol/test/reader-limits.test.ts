import { describe, expect, test } from 'vitest';
import { MAX_FILE_BYTES, readTickets } from '../reader/read-tickets.ts';
import { codes, readText } from './reading.ts';

const TICKET = '<TICKET><TYPE>EMD</TYPE><OPTYPE>SALE</OPTYPE><TRANS_TYPE>SALE</TRANS_TYPE><BSONUM>1</BSONUM></TICKET>';

/** Milliseconds: only against times that grow faster than the text. */
const LONGEST = 30_000;

function timed<T>(work: () => T): T {
  const begun = performance.now();
  const result = work();
  expect(performance.now() - begun).toBeLessThan(LONGEST);
  return result;
}

describe('over 16 MiB, over 64 levels, truncated', () => {
  test('64 levels are read, 65 are an error with its offset; the documents before it are returned', () => {
    const nested = (levels: number) =>
      `<TICKETS>${TICKET}<TICKET>${'<A>'.repeat(levels - 2)}${'</A>'.repeat(levels - 2)}</TICKET></TICKETS>`;
    expect(readText(nested(64)).documents).toHaveLength(2);
    expect(readText(nested(64)).counts.error).toBe(0);
    const result = readText(nested(65));
    expect(result.documents).toHaveLength(1);
    const fault = result.findings.find((finding) => finding.severity === 'error');
    expect(fault).toMatchObject({ code: 'TOO_DEEP', offset: `<TICKETS>${TICKET}<TICKET>`.length + 62 * '<A>'.length });
    expect(fault?.path).toMatch(/^\/TICKETS\/TICKET\[2\](\/A){62}$/);
  });

  test('a million levels cost nothing more', () => {
    const result = timed(() => readText('<A>'.repeat(1_000_000)));
    expect(codes(result)).toContain('error TOO_DEEP');
  });

  test('of a file over 16 MiB the beginning is read and the offset is told', () => {
    const unit = Buffer.from(`<TICKETS>${TICKET.padEnd(4096 - '<TICKETS></TICKETS>'.length, ' ')}</TICKETS>`);
    const bytes = Buffer.alloc(MAX_FILE_BYTES + unit.length * 3, unit);
    const result = timed(() => readTickets(bytes, 'big.xml'));
    expect(result.documents).toHaveLength(4096);
    const errors = result.findings.filter((finding) => finding.severity === 'error');
    expect(errors).toMatchObject([{ code: 'TOO_LARGE', offset: MAX_FILE_BYTES, args: { size: bytes.length, limit: MAX_FILE_BYTES } }]);
    expect(readTickets(bytes.subarray(0, MAX_FILE_BYTES), 'full.xml').counts.error).toBe(0);
  });

  test('a document cut off by the bound is not reported as truncated besides', () => {
    const bytes = Buffer.alloc(MAX_FILE_BYTES + 1, ' ');
    bytes.write(`<TICKETS>${TICKET}<TICKET><FIO>`);
    const result = readTickets(bytes, 'big.xml');
    expect(result.documents).toHaveLength(1);
    expect(codes(result)).toEqual(['error TOO_LARGE']);
  });

  test('truncated: the offset is the end of the file', () => {
    const text = `<TICKETS>${TICKET}<TICKET><FIO>Ж`;
    const result = readText(text);
    expect(result.documents).toHaveLength(1);
    expect(result.findings).toMatchObject([{ code: 'TRUNCATED', offset: Buffer.byteLength(text), path: '/TICKETS/TICKET[2]/FIO' }]);
  });
});

describe('hostile files stay within memory and time', () => {
  test('a TICKET of millions of elements is left out, its neighbours are read', () => {
    const result = timed(() => readText(`<TICKETS>${TICKET}<TICKET>${'<a/>'.repeat(2_000_000)}</TICKET>${TICKET}</TICKETS>`));
    expect(result.documents.map((document) => document.position)).toEqual([1, 3]);
    expect(codes(result)).toEqual(['error TICKET_TOO_LARGE', 'info SEVERAL_TICKETS']);
  });

  test('a TICKET of many attributes is left out, an element of very many ends the document', () => {
    const attributes = Array.from({ length: 150 }, (_, i) => `a${i}=""`).join(' ');
    const many = readText(`<TICKETS><TICKET>${`<a ${attributes}/>`.repeat(200)}</TICKET>${TICKET}</TICKETS>`);
    expect(many.documents).toHaveLength(1);
    expect(codes(many)).toEqual(['error TICKET_TOO_LARGE']);
    const wide = readText(`<TICKETS><TICKET ${Array.from({ length: 300_000 }, (_, i) => `a${i}=""`).join(' ')}/></TICKETS>`);
    expect(codes(wide)).toEqual(['error TOO_MANY_ATTRIBUTES']);
  });

  test('unknown values are kept up to a bound', () => {
    const unknown = Array.from({ length: 5000 }, (_, i) => `<X${i}>v</X${i}>`).join('');
    const result = timed(() => readText(`<TICKETS>${TICKET.replace('</TICKET>', `${unknown}</TICKET>`)}</TICKETS>`));
    expect(result.documents[0]?.extra.size).toBe(500);
    expect(codes(result).filter((code) => code === 'warning EXTRA_CUT')).toHaveLength(1);
    expect(result.findings.length).toBeLessThanOrEqual(501);
  });

  test('findings are kept up to a bound, their count goes on', () => {
    const result = timed(() => readText(`<TICKETS>${'<TICKET><FARE>x</FARE></TICKET>'.repeat(20_000)}</TICKETS>`));
    expect(result.counts).toEqual({ error: 20_000, warning: 80_000, info: 1 });
    expect(result.findings.filter((finding) => finding.severity === 'error')).toHaveLength(500);
  });

  test('more than 50,000 TICKET elements end the reading', () => {
    const result = timed(() => readText(`<TICKETS>${'<TICKET/>'.repeat(60_000)}</TICKETS>`));
    expect(result.documents).toHaveLength(50_000);
    expect(codes(result)).toContain('error TOO_MANY_TICKETS');
  });

  test('more than 50,000 documents one after the other end the reading', () => {
    const result = timed(() => readText('<TICKETS/>'.repeat(1_000_000)));
    expect(codes(result).filter((code) => code.startsWith('error'))).toEqual(['error TOO_MANY_DOCUMENTS']);
  });

  test('a TICKET of thousands of unknown elements takes no quadratic time', () => {
    const wide = `<TICKET>${'<a/>'.repeat(499)}</TICKET>`;
    const result = timed(() => readText(`<TICKETS>${wide.repeat(2000)}</TICKETS>`));
    expect([...(result.documents.at(-1)?.extra.keys() ?? [])].at(-1)).toBe('a[499]');
  });

  test('more than 100 damaged documents end the reading', () => {
    const result = timed(() => readText('<?xml version="1.0"?><TICKETS><'.repeat(100_000)));
    expect(result.counts.error).toBe(102);
    expect(codes(result).at(-1)).toBe('error TOO_MANY_FAULTS');
  });

  test.each([
    ['white space', ' '.repeat(16_000_000)],
    ['comments', '<!---->'.repeat(2_000_000)],
    ['open angles', '<'.repeat(8_000_000)],
    ['ampersands', `<TICKETS><TICKET>${'&amp;'.repeat(3_000_000)}</TICKET></TICKETS>`],
    ['one long name', `<${'A'.repeat(8_000_000)}`],
    ['one long text', `<TICKETS><TICKET><FARE>${'9'.repeat(8_000_000)}</FARE></TICKET></TICKETS>`],
    ['spaces in a number', `<TICKETS><TICKET><FARE>1${' '.repeat(4_000_000)}x</FARE></TICKET></TICKETS>`],
    ['a long declaration', `<?xml ${'e '.repeat(4_000_000)}`],
    ['stray elements', `<TICKETS>${'<B/>'.repeat(2_000_000)}</TICKETS>`],
    ['line ends', '\r'.repeat(8_000_000)],
    ['texts between documents', '<TICKETS/>x'.repeat(300_000)],
  ])('%s', (_, text) => {
    const result = timed(() => readText(text));
    expect(result.findings.length).toBeGreaterThan(0);
    expect(result.findings.length).toBeLessThanOrEqual(1500);
  });
});
