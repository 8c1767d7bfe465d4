import { describe, expect, test } from 'vitest';
import { findingText } from '../reader/finding.ts';
import { standaloneXml } from '../reader/interpret.ts';
import { codes, fixture, readContent, readFixture, readText } from './reading.ts';

/** The rows of spec online-ticket 3.8 that concern the form of a file and of its values; encodings and limits have files of their own. */

describe('two or more documents one after the other in a file', () => {
  test('are split after each closing root and warned of', () => {
    const result = readFixture('concatenated.xml');
    expect(result.documents.map((document) => document.number)).toEqual(['4214200000009', '4214200000010', '4214200000011']);
    expect(result.documents.map((document) => document.position)).toEqual([1, 2, 3]);
    expect(codes(result)).toEqual(['warning CONCATENATED', 'warning CONCATENATED']);
    const text = fixture('concatenated.xml').toString();
    const second = result.findings[1];
    expect(second?.offset).toBe(Buffer.byteLength(text.slice(0, text.lastIndexOf('<?xml'))));
    expect(second?.line).toBe(text.slice(0, text.lastIndexOf('<?xml')).split('\n').length);
  });

  test('also without declarations and without a line end between them', () => {
    const one = '<TICKETS><TICKET><TYPE>EMD</TYPE><OPTYPE>SALE</OPTYPE><TRANS_TYPE>SALE</TRANS_TYPE><BSONUM>1</BSONUM></TICKET></TICKETS>';
    const result = readText(one + one.replace('>1<', '>2<'));
    expect(result.documents.map((document) => document.number)).toEqual(['1', '2']);
    expect(codes(result)).toEqual(['warning CONCATENATED']);
  });

  test('comments and processing instructions after the end are no further document', () => {
    const result = readText('<TICKETS><TICKET><TYPE>EMD</TYPE></TICKET></TICKETS>\n<!-- 1 file -->\n<?done yes?>\n');
    expect(codes(result)).not.toContain('warning CONCATENATED');
    expect(result.counts.error).toBe(0);
  });

  test('a document that breaks off is told from the whole one behind it', () => {
    const broken = '<?xml version="1.0"?>\n<TICKETS><TICKET><BSONUM>1</BSONUM></TICKET><TICKET><BSONUM>2';
    const whole = '<?xml version="1.0"?>\n<TICKETS><TICKET><BSONUM>3</BSONUM></TICKET></TICKETS>';
    const result = readText(broken + whole);
    expect(result.documents.map((document) => document.number)).toEqual(['1', '3']);
    const errors = result.findings.filter((finding) => finding.severity === 'error');
    expect(errors.map((finding) => finding.code)).toEqual(['TRUNCATED']);
    expect(errors[0]?.offset).toBeGreaterThanOrEqual(broken.length);
    expect(errors[0]?.path).toBe('/TICKETS/TICKET[2]/BSONUM');
  });

  test('text between them is skipped with a warning', () => {
    const result = readText(
      'junk<TICKETS><TICKET><BSONUM>1</BSONUM></TICKET></TICKETS>\u0000\u001a<TICKETS><TICKET><BSONUM>2</BSONUM></TICKET></TICKETS>bye',
    );
    expect(result.documents.map((document) => document.number)).toEqual(['1', '2']);
    expect(codes(result).filter((code) => code === 'warning TEXT_OUTSIDE')).toHaveLength(3);
  });
});

describe('several TICKET under one root', () => {
  test('are all read, with one info', () => {
    const result = readFixture('several-tickets.xml');
    expect(result.documents.map((document) => document.number)).toEqual(['4214200000006', '4214200000007', '4214200000008']);
    expect(codes(result)).toEqual(['info SEVERAL_TICKETS']);
  });
});

describe('unknown elements, attributes', () => {
  test('are kept in extra with an info', () => {
    const result = readContent(
      '<BSONUM>1</BSONUM><FARE new="7">10</FARE><TAXES><TAX><CODE>A</CODE></TAX><TAX><WHY>x</WHY></TAX></TAXES><SHOP id="5"><A>1</A><A>2</A></SHOP>',
    );
    expect(Object.fromEntries(result.documents[0]?.extra ?? [])).toEqual({
      'FARE/@new': '7',
      'TAXES/TAX[2]/WHY': 'x',
      'SHOP/@id': '5',
      'SHOP/A': '1',
      'SHOP/A[2]': '2',
    });
    expect(codes(result)).toEqual(['info UNKNOWN_ATTRIBUTE', 'info UNKNOWN_ELEMENT', 'info UNKNOWN_ELEMENT']);
    expect(result.findings.map((finding) => finding.path)).toEqual([
      '/TICKETS/TICKET[1]/FARE/@new',
      '/TICKETS/TICKET[1]/TAXES/TAX[2]/WHY',
      '/TICKETS/TICKET[1]/SHOP',
    ]);
  });

  test('names that JavaScript objects have are names like any other', () => {
    const result = readContent('<BSONUM constructor="a" __proto__="b">1</BSONUM><__proto__>c</__proto__><toString>d</toString>');
    expect(Object.fromEntries(result.documents[0]?.extra ?? [])).toEqual({
      'BSONUM/@constructor': 'a',
      'BSONUM/@__proto__': 'b',
      ['__proto__']: 'c',
      toString: 'd',
    });
    expect(({} as Record<string, unknown>)['b']).toBeUndefined();
  });

  test('text among elements is kept too', () => {
    const result = readContent('<BSONUM>1</BSONUM><TAXES>see below<TAX><CODE>A</CODE></TAX></TAXES>');
    expect(result.documents[0]?.extra.get('TAXES')).toBe('see below');
    expect(codes(result)).toEqual(['info UNKNOWN_TEXT']);
  });

  test('another root and elements beside TICKET do not hide it', () => {
    const result = readText('<EXPORT><HEAD/><TICKETS><TICKET><BSONUM>1</BSONUM></TICKET></TICKETS></EXPORT>');
    expect(result.documents.map((document) => document.number)).toEqual(['1']);
    expect(codes(result)).toEqual(expect.arrayContaining(['warning ROOT_NAME', 'info UNKNOWN_ELEMENT']));
    const alone = readText('<TICKET><BSONUM>2</BSONUM></TICKET>');
    expect(alone.documents.map((document) => document.number)).toEqual(['2']);
  });

  test('a field that comes twice counts once', () => {
    const result = readContent('<BSONUM>1</BSONUM><BSONUM>2</BSONUM><DEAL utc="+0300"/><DEAL utc="+0500"/>');
    expect(result.documents[0]).toMatchObject({ number: '1', deal: { utc: '+0300' } });
    expect(Object.fromEntries(result.documents[0]?.extra ?? [])).toEqual({ 'BSONUM[2]': '2', 'DEAL[2]/@utc': '+0500' });
    expect(codes(result)).toEqual(['warning REPEATED', 'warning REPEATED']);
  });
});

describe('7-digit date', () => {
  test('is padded on the left with a warning', () => {
    const result = readContent('<BSONUM>1</BSONUM><DEALDATE>1122026</DEALDATE>');
    expect(result.documents[0]?.date).toBe('2026-12-01');
    expect(codes(result)).toEqual(['warning DATE_PADDED']);
  });
});

describe('decimal comma, spaces, NBSP, narrow NBSP; leading minus', () => {
  test.each(['12345,50', '12 345.50', '12\u00a0345,50', '12\u202f345,50', '012345,50', '+12345.50'])(
    '%j is normalised with an info',
    (raw) => {
      const result = readContent(`<BSONUM>1</BSONUM><FARE>${raw}</FARE>`);
      expect(result.documents[0]?.fare?.amount).toBe('12345.50');
      expect(codes(result)).toEqual(['info AMOUNT_CLEANED']);
    },
  );

  test('a minus is kept with a warning', () => {
    const result = readContent('<BSONUM>1</BSONUM><PENALTY>-150</PENALTY>');
    expect(result.documents[0]?.penalty).toBe('-150');
    expect(codes(result)).toEqual(['warning NEGATIVE']);
  });
});

describe('BSONUM', () => {
  test('with space or hyphen is stripped', () => {
    const result = readContent('<BSONUM>421 420-0000001</BSONUM>');
    expect(result.documents[0]).toMatchObject({ number: '4214200000001', identity: '4214200000001 SALE SALE' });
    expect(codes(result)).toEqual(['info NUMBER_CLEANED']);
  });

  test('absent: identity is file name and position, with a warning', () => {
    const result = readText('<TICKETS><TICKET><BSONUM>1</BSONUM></TICKET><TICKET><FIO>A/B</FIO></TICKET></TICKETS>');
    expect(result.documents[1]?.identity).toBe('t.xml#2');
    expect(result.findings.filter((finding) => finding.code === 'NO_NUMBER').map((finding) => finding.path)).toEqual([
      '/TICKETS/TICKET[2]',
    ]);
  });

  test('TICKNUM stands for it in Aeroexpress and rail', () => {
    expect(readFixture('rail-refund.xml').documents[0]?.identity).toBe('20007700112233 REFUND REFUND');
  });
});

describe('IS_VOID; empty element', () => {
  test.each(['T', 't', 'Y', 'y', '1', 'TRUE', 'true'])('IS_VOID %s means true', (raw) => {
    const result = readContent(`<BSONUM>1</BSONUM><SEGMENTS><SEGMENT><IS_VOID>${raw}</IS_VOID></SEGMENT></SEGMENTS>`);
    expect(result.documents[0]?.segments).toEqual([{ void: true }]);
    expect(result.findings).toEqual([]);
  });

  test('F means false, anything else is false with a warning', () => {
    const result = readContent(
      '<BSONUM>1</BSONUM><SEGMENTS><SEGMENT><IS_VOID>F</IS_VOID></SEGMENT><SEGMENT><IS_VOID>Д</IS_VOID></SEGMENT></SEGMENTS>',
    );
    expect(result.documents[0]?.segments).toEqual([{ void: false }, { void: false }]);
    expect(codes(result)).toEqual(['warning BAD_FLAG']);
  });

  test('an empty element or attribute is as good as absent', () => {
    const result = readContent(
      '<BSONUM>1</BSONUM><EX_BSONUM></EX_BSONUM><PENALTY/><FARE type=""> </FARE><TAXES/><SEGMENTS><SEGMENT/></SEGMENTS><DEAL/>',
    );
    const { exNumber, penalty, fare, taxes, segments, deal } = result.documents[0] ?? {};
    expect([exNumber, penalty, fare, taxes, segments, deal]).toEqual([undefined, undefined, undefined, undefined, undefined, undefined]);
    expect(result.findings).toEqual([]);
  });
});

describe('other TYPE, TRANS_TYPE, MCO_TYPE; ERASE', () => {
  test('are kept as text with an info', () => {
    const result = readText(
      '<TICKETS><TICKET><TYPE>HOTEL</TYPE><OPTYPE>SALE</OPTYPE><TRANS_TYPE>ERASE</TRANS_TYPE><MCO_TYPE>LOUNGE</MCO_TYPE><BSONUM>1</BSONUM></TICKET></TICKETS>',
    );
    expect(result.documents[0]).toMatchObject({
      type: 'HOTEL',
      family: 'other',
      transType: 'ERASE',
      mcoType: 'LOUNGE',
      identity: '1 SALE ERASE',
    });
    expect(codes(result)).toEqual(['info OTHER_VALUE', 'info OTHER_VALUE', 'info OTHER_VALUE']);
  });

  test('absent ones are warned of', () => {
    expect(codes(readText('<TICKETS><TICKET><BSONUM>1</BSONUM></TICKET></TICKETS>'))).toEqual([
      'warning MISSING',
      'warning MISSING',
      'warning MISSING',
    ]);
  });
});

describe('DOCTYPE, entity declarations', () => {
  test('the document is refused, the next one in the file is read', () => {
    const result = readFixture('doctype.xml');
    expect(result.documents.map((document) => document.number)).toEqual(['4214200000014']);
    const errors = result.findings.filter((finding) => finding.severity === 'error');
    expect(errors.map((finding) => [finding.code, finding.line])).toEqual([['DOCTYPE', 2]]);
  });

  test.each([
    '<!DOCTYPE TICKETS><TICKETS><TICKET/></TICKETS>',
    '<!-- x --><!doctype TICKETS SYSTEM "http://example.org/x.dtd"><TICKETS><TICKET/></TICKETS>',
    '<!ENTITY x "y"><TICKETS><TICKET>&x;</TICKET></TICKETS>',
    '<TICKETS><!DOCTYPE TICKETS><TICKET/></TICKETS>',
    `<!DOCTYPE x [${'<!ENTITY a "aaaaaaaaaa">'.repeat(50_000)}]><TICKETS/>`,
  ])('%.60s', (text) => {
    const result = readText(text);
    expect(result.documents).toEqual([]);
    expect(codes(result)).toEqual(['error DOCTYPE']);
  });

  test('only the five named and numeric references are resolved', () => {
    const good = readContent(
      '<BSONUM>1</BSONUM><FIO>&lt;&gt;&amp;&quot;&apos;&#1048;&#x418;</FIO><ENDORS_RESTR><![CDATA[<&nbsp;>]]></ENDORS_RESTR>',
    );
    expect(good.documents[0]).toMatchObject({ passengers: [{ fio: '<>&"\'ИИ' }], endorsements: '<&nbsp;>' });
    for (const reference of ['&nbsp;', '&who;', '&#0;', '&#xD800;', '&#x110000;', '&;']) {
      const bad = readContent(`<BSONUM>1</BSONUM><FIO>${reference}</FIO>`);
      expect(bad.documents).toEqual([]);
      expect(codes(bad)).toEqual(['error ENTITY']);
      expect(bad.findings[0]?.path).toBe('/TICKETS/TICKET[1]/FIO');
    }
  });
});

describe('what is not XML', () => {
  test.each([
    ['<TICKETS><TICKET></TICKETS>', 'MALFORMED'],
    ['<TICKETS><TICKET><A></TICKET></TICKETS>', 'MALFORMED'],
    ['<TICKETS><TICKET/></TICKETS', 'TRUNCATED'],
    ['<TICKETS><TICKET a=1/></TICKETS>', 'MALFORMED'],
    ['<TICKETS><TICKET a="1" a="2"/></TICKETS>', 'MALFORMED'],
    ['<TICKETS>\u0001</TICKETS>', 'MALFORMED'],
    ['<?xml version="1.0"?>', 'TRUNCATED'],
    ['<!-- never ends', 'TRUNCATED'],
    ['<![CDATA[x]]>', 'MALFORMED'],
    ['', 'EMPTY'],
    ['  \n', 'EMPTY'],
    ['<!-- nothing -->', 'EMPTY'],
  ])('%j: %s', (text, code) => {
    const result = readText(text);
    expect(result.findings.filter((finding) => finding.severity === 'error').map((finding) => finding.code)).toEqual([code]);
  });

  test('a TICKET that its parent closes is not complete', () => {
    expect(readText('<TICKETS><TICKET><BSONUM>1</BSONUM></TICKETS>').documents).toEqual([]);
  });

  test('a root without TICKET is warned of', () => {
    expect(codes(readText('<TICKETS/>'))).toEqual(['warning NO_TICKETS']);
  });
});

test('every document gives a file of its own that reads the same', () => {
  for (const name of ['several-tickets.xml', 'windows-1251-declared.xml', 'utf-16-le.xml', 'mco-paper.xml']) {
    for (const document of readFixture(name).documents) {
      const again = readText(standaloneXml(document));
      expect(again.counts.error).toBe(0);
      expect(again.documents).toHaveLength(1);
      expect(again.documents[0]?.fingerprint).toBe(document.fingerprint);
      expect(again.documents[0]?.passengers).toEqual(document.passengers);
    }
  }
  const own = fixture('eticket-exchange.xml').toString();
  expect(readFixture('eticket-exchange.xml').documents.map(standaloneXml)).toEqual([own]);
});

test('a finding says in both languages what was wrong, without control characters', () => {
  const result = readContent('<BSONUM>1</BSONUM><FARE>1\u202e\u009b2</FARE>');
  const finding = result.findings[0];
  expect(finding).toMatchObject({ code: 'BAD_AMOUNT', path: '/TICKETS/TICKET[1]/FARE', line: 1 });
  expect(finding && findingText(finding, 'en')).toBe('"1\ufffd\ufffd2" is not a decimal number such as 83.30');
  expect(finding && findingText(finding, 'ru')).toBe('«1\ufffd\ufffd2» не является десятичным числом вида 83.30');
});
