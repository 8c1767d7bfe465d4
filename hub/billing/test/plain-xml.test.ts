import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACTION_BINDINGS, BINDINGS } from '../catalogue/bindings.ts';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import { operationExamples } from '../catalogue/examples.ts';
import { createRegistry } from '../catalogue/registry.ts';
import { NS } from '../wire/namespaces.ts';
import { readPlain } from '../wire/soap/plain-tree.ts';
import { parseStrictly } from '../wire/soap/strict-tree.ts';
import { decodeXml, parseXml } from '../wire/soap/tree.ts';
import { damaged } from './support/damage.ts';
import { disturbedDocument, markup, plainDocument } from './support/xml-documents.ts';

/**
 * The quick reader of XML gives the tree of the strict one, or none. A longer run: `BILLING_FUZZ_RUNS=200000 npm test -- hub/billing/test/plain-xml`.
 */
const RUNS = Number(process.env['BILLING_FUZZ_RUNS'] || 4_000);
const TIME = 30_000 + RUNS * 10;

/** What becomes of a document: its tree, or why there is none. */
function outcome(parse: (text: string) => unknown, text: string): unknown {
  try {
    return { tree: parse(text) };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

/** @returns whether the quick reader read it */
function readsAlike(text: string): boolean {
  const tree = readPlain(text);
  expect(outcome(parseXml, text)).toEqual(outcome(parseStrictly, text));
  if (tree !== undefined) expect({ tree }).toEqual(outcome(parseStrictly, text));
  return tree !== undefined;
}

const registry = createRegistry(CATALOGUE, BINDINGS, ACTION_BINDINGS);
const EXAMPLES = registry.services.flatMap((served) =>
  [...served.operations.values()].map(({ operation }) => operationExamples(served, operation).soap),
);

describe('what clients send is read quickly', () => {
  test('the example of every operation', () => {
    expect(EXAMPLES.length).toBeGreaterThan(200);
    for (const text of EXAMPLES) expect(readsAlike(text), text).toBe(true);
  });

  test('every recorded message', () => {
    const golden = new URL('golden/', import.meta.url);
    const messages = readdirSync(golden).flatMap((file) =>
      readFileSync(new URL(file, golden), 'utf8')
        .split(/^== .*\n/m)
        .filter((message) => message.startsWith('<')),
    );
    expect(messages.length).toBeGreaterThan(100);
    for (const text of messages) expect(readsAlike(text), text).toBe(true);
  });

  test.each([
    [
      'several lines, a declaration, headers',
      '<?xml version="1.0" encoding="utf-8"?>\r\n<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:wsa="http://www.w3.org/2005/08/addressing">\r\n  <soap:Header>\r\n    <wsa:Action soap:mustUnderstand="0">urn:a</wsa:Action>\r\n  </soap:Header>\r\n  <soap:Body>\r\n    <contractList xmlns="urn:n"><title xmlns="">Жук &amp; &#1050;о &lt;1&gt;</title></contractList>\r\n  </soap:Body>\r\n</soap:Envelope>\r\n',
    ],
    [
      'types, nothing, single quotes',
      `<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><e:Envelope xmlns:e='urn:e'><e:Body><n:op xmlns:n='urn:n' xmlns:i='${NS.instance}'><f i:type="n:filterEntityAttrText" value='a "b" > c'/><g i:nil="1" /></n:op></e:Body></e:Envelope>`,
    ],
    ['the same name in and around', '<a><ab></ab><a><a/></a>x<a></a >y</a>'],
    ['a prefix bound anew and then as before', '<p:a xmlns:p="urn:1"><p:b xmlns:p="urn:2" p:c="d" c="e"/><p:c/></p:a>'],
  ])('%s', (_, text) => {
    expect(readsAlike(text)).toBe(true);
  });

  test(
    'whatever is as plain',
    () => {
      fc.assert(
        fc.property(plainDocument, (text) => {
          expect(readsAlike(text)).toBe(true);
        }),
        { numRuns: RUNS },
      );
    },
    TIME,
  );
});

describe('the rest is read as strictly as ever', () => {
  test(
    'plain documents with markup put in',
    () => {
      const seen = { quick: 0, strict: 0 };
      fc.assert(
        fc.property(disturbedDocument, (text) => {
          seen[readsAlike(text) ? 'quick' : 'strict'] += 1;
        }),
        { numRuns: RUNS },
      );
      expect(Math.min(seen.quick, seen.strict)).toBeGreaterThan(RUNS / 50);
    },
    TIME,
  );

  test(
    'markup in any order',
    () => {
      fc.assert(
        fc.property(
          fc.oneof(
            markup,
            markup.map((inside) => `<a>${inside}</a>`),
            markup.map((inside) => `<a xmlns:p="u"${inside}/>`),
          ),
          (text) => {
            readsAlike(text);
          },
        ),
        { numRuns: RUNS * 3 },
      );
    },
    TIME,
  );

  test(
    'damaged requests of every operation',
    () => {
      fc.assert(
        fc.property(
          fc.nat({ max: EXAMPLES.length - 1 }).chain((at) => damaged(EXAMPLES[at] ?? '')),
          fc.constantFrom('text/xml', 'text/xml; charset=windows-1251', 'text/xml; charset=iso-8859-1'),
          (bytes, type) => {
            let text: string;
            try {
              text = decodeXml(bytes, type);
            } catch {
              return;
            }
            readsAlike(text);
          },
        ),
        { numRuns: RUNS },
      );
    },
    TIME,
  );

  test.each([
    '',
    ' ',
    'x',
    '<a',
    '<a>',
    '<a>x',
    '<a></b>',
    '<a></ab>',
    '<ab></a>',
    '<a/><b/>',
    '<a/>x',
    'x<a/>',
    '\ufeff<a/>',
    ' <?xml version="1.0"?><a/>',
    '<?xml version="1.1"?><a>\x85</a>',
    '<?xml version="1.0" encoding="1"?><a/>',
    '<?xml encoding="UTF-8"?><a/>',
    '<?xml version="1.0"?><?xml version="1.0"?><a/>',
    '<?xml version="1.0"?>',
    '<!DOCTYPE a><a/>',
    '<!DOCTYPE a [<!ENTITY e "f">]><a>&e;</a>',
    '<a><!-- c --></a>',
    '<!-- c --><a/>',
    '<a/><!-- c -->',
    '<a><![CDATA[<b>]]></a>',
    '<a><?pi x?></a>',
    '<a>]]></a>',
    '<a>]]&gt;</a>',
    '<a>></a>',
    '<a b="]]>"/>',
    '<a b=">"/>',
    '<a b="<"/>',
    '<a b=c/>',
    '<a b/>',
    '<a b = "c"/>',
    '<a b="c"d="e"/>',
    '<a b="1" b="2"/>',
    '<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>',
    '<a xmlns:p="u" xmlns:p="v"/>',
    '<a xmlns="u" xmlns="v"/>',
    '<a xmlns:p=""/>',
    '<a xmlns:p=" "/>',
    '<a xmlns=" u "><b/></a>',
    '<p:a/>',
    '<a p:b="c"/>',
    '<a><p:b xmlns:p="u"/><p:c/></a>',
    '<a><p:b xmlns:p="u"></p:b><p:c/></a>',
    '<xmlns:a/>',
    '<xml:a/>',
    '<a xml:lang="ru"/>',
    '<a xmlns:xml="u"/>',
    '<a xmlns:xml="http://www.w3.org/XML/1998/namespace"/>',
    '<a xmlns:p="http://www.w3.org/2000/xmlns/"/>',
    '<a xmlns="http://www.w3.org/XML/1998/namespace"/>',
    '<a xmlns:xmlns="u"/>',
    '<:a/>',
    '<a:/>',
    '<a:b:c xmlns:a="u"/>',
    '<a:1 xmlns:a="u"/>',
    '<1a/>',
    '<я/>',
    '<a я="1"/>',
    '<a __proto__="1"/>',
    '<a xmlns:__proto__="u"><__proto__:constructor/></a>',
    '<a>\0</a>',
    '<a>\x1f</a>',
    '<a b="\x1f"/>',
    '<a>\ufffe</a>',
    '<a>\ud800</a>',
    '<a>\ud800</a></a>',
    '<a>\udc00</a>',
    '<a>\ud83d\ude00</a>',
    '<a>&</a>',
    '<a>&amp</a>',
    '<a>&nbsp;</a>',
    '<a>&toString;</a>',
    '<a>&#0;</a>',
    '<a>&#x1F;</a>',
    '<a>&#xD800;</a>',
    '<a>&#xFFFF;</a>',
    '<a>&#x110000;</a>',
    '<a>&#X41;</a>',
    '<a>&#00000000065;</a>',
    '<a>\r</a>',
    '<a>\r\r\n\n</a>',
    '<a b="\r\r\n\n&#13;&#10;"/>',
    '<a/>\r',
    '<a / >',
    '<a></ a>',
    '<a></a\n>',
    `<a xmlns:x="${NS.include}"><x:include href="file:///etc/passwd"/></a>`,
    `<a xmlns="${NS.include}"/>`,
  ])('%j', (text) => {
    readsAlike(text);
  });
});

describe('bounds', () => {
  const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
  const attributes = (count: number): string => `<a${Array.from({ length: count }, (_, at) => ` b${at}=""`).join('')}/>`;
  const namespaces = (count: number): string => `<r>${Array.from({ length: count }, (_, at) => `<a xmlns:p${at}="u"/>`).join('')}</r>`;

  test.each([
    ['depth', nested(64), true],
    ['depth', nested(65), false],
    ['depth of an empty element', `${'<a>'.repeat(64)}<b/>${'</a>'.repeat(64)}`, false],
    ['attributes that are compared with each other', attributes(32), true],
    ['attributes', attributes(33), false],
    ['attributes', attributes(1_000), false],
    ['attributes', attributes(1_001), false],
    ['namespaces that are searched one by one', namespaces(32), true],
    ['namespaces', namespaces(33), false],
    ['namespaces', namespaces(200), false],
    ['namespaces', namespaces(201), false],
  ])('%s', (_, text, quick) => {
    expect(readsAlike(text)).toBe(quick);
  });

  test.each([
    ['elements', 99_999, '<a/>'],
    ['texts and elements', 33_333, 'x<a b=""/>'],
    ['texts, elements and namespaces', 30, 'x<a xmlns="u" b=""/>'],
  ])('nodes: %s', (_, times, inside) => {
    const most = `<r>${inside.repeat(times)}</r>`;
    expect(readPlain(most)).toEqual(parseStrictly(most));
    const filled = `<r>${inside.repeat(times)}${'<z/>'.repeat(100_000)}</r>`;
    expect(readPlain(filled)).toBeUndefined();
    expect(outcome(parseXml, filled)).toEqual(outcome(parseStrictly, filled));
  });

  test.each([99_998, 99_999, 100_000])('the last node of %d and more', (count) => {
    for (const end of ['', 'x', '<b/>', '<b c=""/>']) {
      const text = `<r>${'<a/>'.repeat(count)}${end}</r>`;
      expect(readPlain(text) !== undefined).toBe(!('refused' in (outcome(parseStrictly, text) as object)));
    }
  });
});
