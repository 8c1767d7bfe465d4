import fc from 'fast-check';

/** Documents for readers of XML: as clients write them, and pieces of markup thrown together. */

const NAMES = ['a', 'b', 'contractId', 'x-1', '_z.9', 'Body'];
const PREFIXES = ['', 'p', 'q', 'soap'];
const URIS = ['urn:one', 'http://schemas.xmlsoap.org/soap/envelope/', 'urn:one ', 'http://общий/', 'a&amp;b'];

/** Characters as they are written: by themselves or by reference. */
const plainCharacter = fc.constantFrom(
  ...['x', '7', ' ', '\t', '\n', '\r', '\r\n', ']', 'Ж', '€', '\x7f', '\x85', '\u2028', '\ufffd', '\ue000', '=', '/', "'"],
  ...['&amp;', '&lt;', '&gt;', '&quot;', '&apos;', '&#10;', '&#13;', '&#9;', '&#x41;', '&#1055;', '&#x1F600;', '&#x10FFFF;', '&#032;'],
);
const plainText = fc.array(plainCharacter, { maxLength: 6 }).map((characters) => characters.join(''));
const between = fc.constantFrom(' ', '  ', '\n', '\r\n\t');
const maybe = fc.constantFrom('', '', ' ', '\n');

interface Written {
  readonly name: string;
  readonly attributes: readonly (readonly [string, string])[];
  readonly children: readonly (Written | string)[];
}

/** Every prefix is bound around the root; elements bind some anew. Names of attributes do not repeat, nor do their meanings. */
const { element } = fc.letrec<{ element: Written }>((tie) => ({
  element: fc.record({
    name: fc.tuple(fc.constantFrom(...PREFIXES), fc.constantFrom(...NAMES)).map(([prefix, name]) => (prefix ? `${prefix}:${name}` : name)),
    attributes: fc
      .uniqueArray(
        fc.tuple(
          fc.oneof(
            fc.constantFrom(...NAMES),
            fc.constantFrom(...NAMES).map((name) => `own:${name}`),
            fc.constantFrom('xmlns', 'xmlns:p', 'xmlns:q'),
          ),
          plainText,
          fc.constantFrom(...URIS),
        ),
        { selector: ([name]) => name, maxLength: 4 },
      )
      .map((all) => all.map(([name, value, uri]) => [name, name.startsWith('xmlns') ? uri : value] as const)),
    children: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.array(plainText, { maxLength: 1 }),
      fc.array(fc.oneof(plainText, tie('element')), { maxLength: 4 }),
    ),
  }),
}));

const spacing = fc.record({ between, maybe, quote: fc.constantFrom('"', "'"), closed: fc.boolean() });

function render({ name, attributes, children }: Written, form: { between: string; maybe: string; quote: string; closed: boolean }): string {
  const { quote } = form;
  const head = attributes.map(
    ([key, value]) => `${form.between}${key}=${quote}${value.replaceAll(quote, quote === '"' ? '&#34;' : '&#39;')}${quote}`,
  );
  const inside = children.map((child) => (typeof child === 'string' ? child : render(child, form))).join('');
  const tag = `<${name}${head.join('')}${form.maybe}`;
  return inside === '' && form.closed ? `${tag}/>` : `${tag}>${inside}</${name}${form.maybe}>`;
}

const declaration = fc.constantFrom(
  '',
  '',
  '<?xml version="1.0"?>',
  '<?xml version="1.0" encoding="UTF-8"?>\r\n',
  "<?xml version='1.0' encoding='utf-8' standalone='no' ?>\n",
);

/** As clients write. */
export const plainDocument: fc.Arbitrary<string> = fc
  .tuple(declaration, element, spacing, maybe)
  .map(
    ([before, root, form, after]) =>
      `${before}<p:Envelope xmlns:p="urn:p" xmlns:q='urn:q' xmlns:soap="urn:soap" xmlns:own="urn:own">${render(root, form)}</p:Envelope>${after}`,
  );

const PIECES = [
  ...[
    '<',
    '</',
    '/>',
    '>',
    '<a',
    '</a>',
    '<a>',
    '<a/>',
    '<p:a',
    '</p:a>',
    '<a:',
    ' xmlns="',
    ' xmlns:p="urn:p"',
    ' xmlns:p=""',
    ' xmlns:xml="',
  ],
  ...[
    ' b="c"',
    " b='",
    ' b=c',
    ' b',
    ' p:b="1"',
    ' xml:lang="ru"',
    ' = ',
    '"',
    "'",
    '=',
    ':',
    '/',
    ' ',
    '\t',
    '\r',
    '\n',
    '\0',
    '\x01',
    '\x7f',
  ],
  ...[
    '&',
    ';',
    '&amp;',
    '&lt;',
    '&#',
    '&#0;',
    '&#60;',
    '&#xD800;',
    '&#xFFFE;',
    '&#99999999;',
    '&#X41;',
    '&nbsp;',
    '&#x;',
    '&;',
    ']]>',
    ']',
    '-->',
  ],
  ...['<!--', '<!-- c -->', '<![CDATA[', '<![CDATA[ <x> ]]>', '<?pi?>', '<?xml version="1.0"?>', '<?xml version="1.1"?>', '<?xml ', '?>'],
  ...[
    '<!DOCTYPE a>',
    '<!ENTITY e "f">',
    '\ufeff',
    '\ufffe',
    '\uffff',
    '\ud83d',
    '\ude00',
    '\ud83d\ude00',
    'x',
    'я',
    '<я>',
    '\u0085',
    '\u2028',
  ],
];
const piece = fc.constantFrom(...PIECES);

/** Pieces of markup in a row. */
export const markup: fc.Arbitrary<string> = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

/** As clients write, with up to three pieces of markup put in or put over what is there. */
export const disturbedDocument: fc.Arbitrary<string> = fc
  .tuple(plainDocument, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 4 }), piece), { minLength: 1, maxLength: 3 }))
  .map(([text, blows]) =>
    blows.reduce((now, [where, over, put]) => {
      const at = where % (now.length + 1);
      return now.slice(0, at) + put + now.slice(at + over);
    }, text),
  );
