import type { Attribute, Element } from './elements.ts';
import { LAYOUTS } from './layout.ts';
import type { ValueType } from './value-types.ts';
import { FAMILIES, type Family } from './vocabulary.ts';

/**
 * Makes the schemas that ship with the product from the tables of layout.ts (spec 3.7): one file per family and ticket-types.xsd with
 * what they share. `npm run docs` writes them to hub/tickets/xml/schemas; a test holds the files equal to this.
 */
export const TYPES_FILE = 'ticket-types.xsd';

export function schemaFileOf(family: Family): string {
  return `ticket-${family}.xsd`;
}

/** File name -> text, UTF-8 with LF. */
export function renderSchemas(): Map<string, string> {
  const shared: Shared = { simple: new Map(), complex: new Map() };
  const files = new Map<string, string>();
  for (const family of FAMILIES) {
    files.set(schemaFileOf(family), familySchema(family, shared));
  }
  files.set(TYPES_FILE, typesSchema(shared));
  return files;
}

type Shared = { simple: Map<string, ValueType>; complex: Map<string, string[]> };

const HEAD = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="unqualified">',
];

const ABOUT: Record<Family, string> = {
  air: 'TYPE = ETICKET, TICKET, MCO, EMD or RECEIPT',
  aeroexpress: 'TYPE = AE_TICKET',
  rail: 'TYPE = TRAIN_TICKET',
  insurance: 'TYPE = EINSURCAR',
};

function familySchema(family: Family, shared: Shared): string {
  const lines = [
    ...HEAD,
    `  <!-- One file of the Vestnik hub: one TICKET with ${ABOUT[family]}. Made from hub/tickets/xml/layout.ts. -->`,
    `  <xs:include schemaLocation="${TYPES_FILE}"/>`,
    '  <xs:element name="TICKETS">',
    '    <xs:complexType>',
    '      <xs:sequence>',
    '        <xs:element name="TICKET">',
    ...indent(complexType(LAYOUTS[family], [], shared), 5),
    '        </xs:element>',
    '      </xs:sequence>',
    '    </xs:complexType>',
    '  </xs:element>',
    '</xs:schema>',
  ];
  return `${lines.join('\n')}\n`;
}

function typesSchema({ simple, complex }: Shared): string {
  const byName = <Value>(map: Map<string, Value>) => [...map].sort(([one], [other]) => (one < other ? -1 : 1));
  const lines = [
    ...HEAD,
    '  <!-- What the schemas of the Vestnik hub share. Made from hub/tickets/xml/layout.ts and value-types.ts. -->',
    ...byName(simple).flatMap(([, type]) => indent(simpleType(type), 1)),
    ...byName(complex).flatMap(([, text]) => indent(text, 1)),
    '</xs:schema>',
  ];
  return `${lines.join('\n')}\n`;
}

function complexType(
  children: readonly Element<never>[],
  attributes: readonly Attribute<never>[],
  shared: Shared,
  name?: string,
  repeats = false,
): string[] {
  const sequence = children.flatMap((child) => elementOf(child, shared, repeats));
  return [
    name === undefined ? '<xs:complexType>' : `<xs:complexType name="${name}">`,
    ...(sequence.length === 0 ? [] : ['  <xs:sequence>', ...indent(sequence, 2), '  </xs:sequence>']),
    ...attributes.map((attribute) => `  ${attributeOf(attribute, shared)}`),
    '</xs:complexType>',
  ];
}

function elementOf(element: Element<never>, shared: Shared, repeats: boolean): string[] {
  const occurs = repeats ? ' maxOccurs="unbounded"' : element.required ? '' : ' minOccurs="0"';
  const start = `<xs:element name="${element.name}"`;
  if (element.kind === 'leaf') {
    const type = use(element.type, shared);
    if (element.attributes.length === 0) {
      return [`${start} type="${type}"${occurs}/>`];
    }
    return [
      `${start}${occurs}>`,
      '  <xs:complexType>',
      '    <xs:simpleContent>',
      `      <xs:extension base="${type}">`,
      ...element.attributes.map((attribute) => `        ${attributeOf(attribute, shared)}`),
      '      </xs:extension>',
      '    </xs:simpleContent>',
      '  </xs:complexType>',
      '</xs:element>',
    ];
  }
  const content = (name?: string) =>
    element.kind === 'list'
      ? complexType([element.repeated], [], shared, name, true)
      : complexType(element.children, element.attributes, shared, name);
  if (element.shared !== undefined) {
    shared.complex.set(element.shared, content(element.shared));
    return [`${start} type="${element.shared}"${occurs}/>`];
  }
  return [`${start}${occurs}>`, ...indent(content(), 1), '</xs:element>'];
}

function attributeOf(attribute: Attribute<never>, shared: Shared): string {
  return `<xs:attribute name="${attribute.name}" type="${use(attribute.type, shared)}"${attribute.required ? ' use="required"' : ''}/>`;
}

/** Notes that a simple type is needed and gives its name. */
function use(type: ValueType, shared: Shared): string {
  shared.simple.set(type.name, type);
  if (type.facets.kind === 'or-nothing') {
    use(type.facets.of, shared);
  }
  return type.name;
}

function simpleType({ name, facets }: ValueType): string[] {
  const start = `<xs:simpleType name="${name}">`;
  const restriction = (base: string, inner: string[]) => [
    start,
    `  <xs:restriction base="${base}">`,
    ...indent(inner, 2),
    '  </xs:restriction>',
    '</xs:simpleType>',
  ];
  switch (facets.kind) {
    case 'pattern':
      return restriction('xs:string', [`<xs:pattern value="${facets.pattern}"/>`]);
    case 'choice':
      return restriction(
        'xs:string',
        facets.values.map((value) => `<xs:enumeration value="${value}"/>`),
      );
    case 'length':
      return restriction('xs:string', ['<xs:minLength value="1"/>', `<xs:maxLength value="${facets.max}"/>`]);
    case 'whole':
      return restriction('xs:positiveInteger', [`<xs:minInclusive value="${facets.least}"/>`, `<xs:maxInclusive value="${facets.most}"/>`]);
    case 'or-nothing':
      return [
        start,
        `  <xs:union memberTypes="${facets.of.name}">`,
        '    <xs:simpleType>',
        '      <xs:restriction base="xs:string">',
        '        <xs:length value="0"/>',
        '      </xs:restriction>',
        '    </xs:simpleType>',
        '  </xs:union>',
        '</xs:simpleType>',
      ];
  }
}

function indent(lines: readonly string[], depth: number): string[] {
  return lines.map((line) => '  '.repeat(depth) + line);
}
