import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFileName, DEFAULT_FILE_NAME, type FileNameMessage, type FileNamer, readDefaultName } from '../file-name.ts';

const MOSCOW = { client: 'agency-17', zone: 'Europe/Moscow' };

function message(over: Partial<FileNameMessage> = {}, meta: Partial<FileNameMessage['meta']> = {}): FileNameMessage {
  return {
    sequence: 1042,
    id: '0199c1d2-5a4b-7c3d-8e2f-0123456789ab',
    createdAt: '2026-11-22T11:05:00.050Z',
    replay: false,
    meta: { type: 'ETICKET', opType: 'SALE', transType: 'EXCHANGE', number: '4214200000002', pnr: '0B1V2G', ...meta },
    ...over,
  };
}

function namer(pattern: string): FileNamer {
  const compiled = compileFileName(pattern);
  if (!compiled.ok) throw new Error(compiled.why.en);
  return compiled.name;
}

function refusal(pattern: string): string {
  const compiled = compileFileName(pattern);
  if (compiled.ok) throw new Error(`the pattern ${pattern} was accepted`);
  expect(compiled.why.ru).toMatch(/[а-я]/);
  return compiled.why.en;
}

describe('the default pattern', () => {
  const name = namer(DEFAULT_FILE_NAME);

  test('gives the name that the spec shows', () => {
    expect(name(message(), MOSCOW)).toBe('20261122-140500-000001042-ETICKET-SALE-EXCHANGE-4214200000002.xml');
  });

  test('marks a replay', () => {
    expect(name(message({ replay: true }), MOSCOW)).toBe('20261122-140500-000001042-ETICKET-SALE-EXCHANGE-4214200000002-R.xml');
  });

  test('gives a sequence of more than nine digits whole', () => {
    expect(name(message({ sequence: 12_345_678_901 }), MOSCOW)).toContain('-12345678901-');
  });

  test('takes date and time in the zone of the computer, also across a change of the clocks and back', () => {
    const at = (createdAt: string) => name(message({ createdAt }), { client: 'x', zone: 'Europe/Berlin' }).slice(0, 15);
    expect(at('2026-10-25T00:59:59Z')).toBe('20261025-025959');
    expect(at('2026-10-25T01:00:00Z')).toBe('20261025-020000');
    expect(at('2026-10-25T00:59:59Z')).toBe('20261025-025959');
    expect(at('2026-03-29T00:59:59Z')).toBe('20260329-015959');
    expect(at('2026-03-29T01:00:00Z')).toBe('20260329-030000');
    expect(at('2026-12-31T23:30:00.999+01:00')).toBe('20261231-233000');
  });

  test('agrees with Temporal in every zone and at every time', () => {
    const zones = fc.constantFrom(
      'Europe/Moscow',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
      'America/St_Johns',
      'Pacific/Apia',
      'Africa/Casablanca',
      'UTC',
    );
    fc.assert(
      fc.property(zones, fc.integer({ min: 0, max: 4e9 }), (zone, seconds) => {
        const instant = Temporal.Instant.fromEpochMilliseconds(seconds * 1000);
        const local = instant.toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'second' });
        const expected = local.replaceAll(/[-:]/g, '').replace('T', '-');
        expect(name(message({ createdAt: instant.toString() }), { client: 'x', zone }).slice(0, 15)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('refused patterns', () => {
  test('without {seq} and {id}', () => {
    expect(refusal('{number}.xml')).toContain('{seq} or {id}');
  });
  test('not ending in .xml', () => {
    expect(refusal('{seq}')).toContain('.xml');
    expect(refusal('{seq}.xml.exe')).toContain('.xml');
    expect(refusal('')).toContain('.xml');
  });
  test('with separators', () => {
    expect(refusal('{date}/{seq}.xml')).toContain('flat');
    expect(refusal('..\\{seq}.xml')).toContain('flat');
  });
  test('with an unknown part or a stray brace', () => {
    expect(refusal('{seq}-{passport}.xml')).toContain('{passport}');
    expect(refusal('{seq.xml')).toContain('{');
    expect(refusal('seq}.xml')).toContain('}');
    expect(refusal('{{seq}}.xml')).toContain('{');
    expect(refusal('{seq}-{constructor}.xml')).toContain('{constructor}');
  });
  test('whose unchanging part leaves no room', () => {
    expect(refusal(`${'a'.repeat(100)}{seq}.xml`)).toContain('too long');
    expect(refusal('{id}{id}{id}{seq}.xml')).toContain('too long');
    expect(namer(`${'a'.repeat(99)}{seq}.xml`)(message({ sequence: Number.MAX_SAFE_INTEGER }), MOSCOW)).toHaveLength(119);
  });
});

describe('hostile texts', () => {
  const name = namer(DEFAULT_FILE_NAME);
  const bare = namer('{number}.{seq}.xml');

  test('number ../../x stays in the folder', () => {
    expect(name(message({}, { number: '../../x' }), MOSCOW)).toBe('20261122-140500-000001042-ETICKET-SALE-EXCHANGE-.._.._x.xml');
    expect(bare(message({}, { number: '../../x' }), MOSCOW)).toBe('_._.._x.000001042.xml');
  });

  test('reserved Windows names get a leading underscore', () => {
    for (const reserved of ['CON', 'con', 'PRN', 'AUX', 'NUL', 'COM1', 'com9', 'LPT1', 'CON.txt']) {
      expect(bare(message({}, { number: reserved }), MOSCOW)).toBe(`_${reserved}.000001042.xml`);
    }
    expect(bare(message({}, { number: 'CONSOLE' }), MOSCOW)).toBe('CONSOLE.000001042.xml');
    const long = namer('{number}.{pnr}.{seq}.xml')(message({}, { number: 'CON', pnr: 'P'.repeat(300) }), MOSCOW);
    expect(long).toMatch(/^_/);
    expect(long).toHaveLength(120);
  });

  test('a number of 300 characters is cut first and the sequence stays', () => {
    const made = name(message({ replay: true }, { number: '9'.repeat(300) }), MOSCOW);
    expect(made).toHaveLength(120);
    expect(made).toMatch(/^20261122-140500-000001042-ETICKET-SALE-EXCHANGE-9+-R\.xml$/);
    const squeezed = namer('{number}-{pnr}-{seq}.xml')(message({}, { number: '9'.repeat(300), pnr: 'P'.repeat(300) }), MOSCOW);
    expect(squeezed).toMatch(/^-P{105}-000001042\.xml$/);
  });

  test('Cyrillic letters, 4-byte characters, controls and halves of characters become one underscore each', () => {
    expect(bare(message({}, { number: 'АБ1' }), MOSCOW)).toBe('__1.000001042.xml');
    expect(bare(message({}, { number: '1😀2' }), MOSCOW)).toBe('1_2.000001042.xml');
    expect(bare(message({}, { number: 'a\u0000b\nc\ud800d' }), MOSCOW)).toBe('a_b_c_d.000001042.xml');
  });

  test('a leading dot is replaced, wherever it came from', () => {
    expect(bare(message({}, { number: '' }), MOSCOW)).toBe('_000001042.xml');
    expect(namer('.{seq}.xml')(message(), MOSCOW)).toBe('_000001042.xml');
  });

  test('letters outside the safe set in the pattern itself become underscores', () => {
    expect(namer('билет {seq}.xml')(message(), MOSCOW)).toBe('______000001042.xml');
  });

  test('what is no sequence, no time or no zone is refused by name', () => {
    expect(() => name(message({ sequence: -1 }), MOSCOW)).toThrow(RangeError);
    expect(() => name(message({ sequence: 1.5 }), MOSCOW)).toThrow(RangeError);
    expect(() => name(message({ createdAt: 'yesterday' }), MOSCOW)).toThrow(/createdAt "yesterday"/);
    expect(() => name(message({ createdAt: '+123456-01-01T00:00:00Z' }), MOSCOW)).toThrow(RangeError);
    expect(() => name(message(), { client: 'x', zone: 'Moon/Base' })).toThrow(RangeError);
  });

  test('every name is safe, whatever the texts and the pattern', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.constantFrom('CON', '../../x', '.', '..', '', 'NUL.xml', '\ud800'),
    );
    const token = fc.constantFrom(
      '{date}',
      '{time}',
      '{type}',
      '{op}',
      '{trans}',
      '{number}',
      '{pnr}',
      '{client}',
      '{id}',
      '{replay}',
      '-',
      '.',
      'ж',
    );
    const pattern = fc
      .tuple(fc.array(token, { maxLength: 6 }), fc.array(token, { maxLength: 6 }))
      .map(([a, b]) => `${a.join('')}{seq}${b.join('')}.xml`);
    fc.assert(
      fc.property(
        pattern,
        fc.nat(),
        fc.record({ type: text, opType: text, transType: text, number: text, pnr: text }),
        text,
        text,
        (shape, sequence, meta, id, client) => {
          const compiled = compileFileName(shape);
          fc.pre(compiled.ok);
          const made = compiled.name(message({ sequence, id, replay: true, meta }), { client, zone: 'Asia/Yekaterinburg' });
          expect(made).toMatch(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,119}$/);
          expect(made.endsWith('.xml')).toBe(true);
          expect(made).not.toMatch(/^(CON|PRN|AUX|NUL|COM\d|LPT\d)(\.|$)/i);
          expect(made).toContain(String(sequence).padStart(9, '0'));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('reading a name back', () => {
  test('gives sequence and replay of names by the default pattern, also of those the client had to number', () => {
    expect(readDefaultName('20261122-140500-000001042-ETICKET-SALE-EXCHANGE-4214200000002.xml')).toEqual({ sequence: 1042, replay: false });
    expect(readDefaultName('20261122-140500-000001042-ETICKET-SALE-SALE-1-R.xml')).toEqual({ sequence: 1042, replay: true });
    expect(readDefaultName('20261122-140500-000001042-ETICKET-SALE-SALE-1-R~2.xml')).toEqual({ sequence: 1042, replay: true });
  });
  test('knows nothing of other names', () => {
    expect(readDefaultName('ticket.xml')).toBeUndefined();
    expect(readDefaultName('20261122-140500-42-ETICKET.xml')).toBeUndefined();
    expect(readDefaultName(`20261122-140500-${'9'.repeat(16)}-X.xml`)).toBeUndefined();
  });
});

test('a hundred thousand names take no long time', () => {
  const name = namer(DEFAULT_FILE_NAME);
  const base = Date.UTC(2026, 10, 22);
  const items = Array.from({ length: 100_000 }, (_, i) => message({ sequence: i, createdAt: new Date(base + i * 7).toISOString() }));
  const begun = performance.now();
  for (const item of items) name(item, MOSCOW);
  expect(performance.now() - begun).toBeLessThan(15_000);
});
