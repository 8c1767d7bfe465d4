import type { Field, Parameter, Scalar, TypeRef } from '../../catalogue/descriptor.ts';
import type { ServedService, Shape } from '../../catalogue/registry.ts';
import { NS } from '../namespaces.ts';
import { DEFAULTS } from '../scalars.ts';

/**
 * The schemas of a service (spec billing 5.2): one for each namespace, each importing every namespace that it uses. The order is that of the catalogue,
 * so the text never changes by itself.
 */
const PREFIXES = { tns: 'tns', common: 'com', array: 'arr' } as const;

/** The schema of string arrays holds this bean alone. */
const STRING_ARRAY = 'stringArray';

const SCALARS: Readonly<Record<Scalar, string>> = {
  int: 'xs:int',
  long: 'xs:long',
  short: 'xs:short',
  byte: 'xs:byte',
  boolean: 'xs:boolean',
  float: 'xs:float',
  string: 'xs:string',
  decimal: 'xs:decimal',
  date: 'xs:date',
  dateTime: 'xs:dateTime',
  base64Binary: 'xs:base64Binary',
  any: 'xs:anyType',
};

/**
 * What stands in a sequence without elements: a type that has none and extends one that has none loses its attributes in zeep, which takes a plain empty
 * sequence for no sequence at all.
 */
const NO_CHILDREN = '<xs:sequence/>';

const isElement = (at: Field['at']): boolean => at === 'element' || at === 'elementList';

const isPrimitive = (type: TypeRef): boolean => 'scalar' in type && DEFAULTS[type.scalar] !== undefined;

/**
 * The XML Schemas of a service, as they stand inside `wsdl:types`, where the prefixes are declared: string arrays, shared beans, the service's own.
 */
export function schemasOf(served: ServedService): readonly string[] {
  const { service, shapes, operations } = served;
  const prefixOf = ({ name, bean }: Shape): string =>
    name === STRING_ARRAY ? PREFIXES.array : bean.shared ? PREFIXES.common : PREFIXES.tns;
  const beanType = (name: string): string => {
    const shape = shapes.get(name);
    if (!shape) throw new Error(`${service.name}: the bean ${name} is not described`);
    return `${prefixOf(shape)}:${name}`;
  };
  const nameOf = (type: TypeRef): string =>
    'scalar' in type ? SCALARS[type.scalar] : 'bean' in type ? beanType(type.bean) : nameOf(type.list);
  const numbers = (name: string, tag: 'attribute' | 'element'): string =>
    `<xs:${tag} name="${name}"${tag === 'element' ? ' minOccurs="0"' : ''}><xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType></xs:${tag}>`;

  const element = (name: string, type: TypeRef, required: boolean): string => {
    const many = 'list' in type ? ' minOccurs="0" maxOccurs="unbounded"' : required ? '' : ' minOccurs="0"';
    return `<xs:element name="${name}" type="${nameOf(type)}"${many}/>`;
  };
  const child = (field: Field): string => {
    const { name, type, at, item, required } = field;
    if (at === 'elementList') return numbers(name, 'element');
    if (item === undefined) return element(name, type, required === true && isPrimitive(type));
    return `<xs:element name="${name}" minOccurs="0"><xs:complexType><xs:sequence>${element(item, type, false)}</xs:sequence></xs:complexType></xs:element>`;
  };
  const attribute = ({ name, type, at, required }: Field): string =>
    at === 'attributeList'
      ? numbers(name, 'attribute')
      : `<xs:attribute name="${name}" type="${nameOf(type)}"${required ? ' use="required"' : ''}/>`;

  const complexType = ({ name, bean, fields, parents }: Shape): string => {
    if (bean.values)
      return `<xs:simpleType name="${name}"><xs:restriction base="xs:string">${bean.values.map((value) => `<xs:enumeration value="${value}"/>`).join('')}</xs:restriction></xs:simpleType>`;
    // What a forefather has is not said again.
    const inherited = new Set(parents.flatMap((parent) => parent.bean.fields.map((field) => field.name)));
    const own = bean.fields.filter((field) => !field.jsonOnly && !inherited.has(field.name));
    const children = own.filter(({ at }) => isElement(at));
    const attributes = own.filter(({ at }) => !isElement(at));
    const bare = bean.extends !== undefined && fields.every(({ at, jsonOnly }) => jsonOnly || !isElement(at));
    const inside = `<xs:sequence>${bare ? NO_CHILDREN : children.map(child).join('')}</xs:sequence>${attributes.map(attribute).join('')}`;
    const content =
      bean.extends === undefined
        ? inside
        : `<xs:complexContent><xs:extension base="${beanType(bean.extends)}">${inside}</xs:extension></xs:complexContent>`;
    return `<xs:complexType name="${name}"${bean.abstract ? ' abstract="true"' : ''}>${content}</xs:complexType>`;
  };

  const parameter = ({ name, type, optional }: Parameter): string => element(name, type, !optional && isPrimitive(type));
  const wrapper = (name: string, inside: string): string =>
    `<xs:element name="${name}"><xs:complexType><xs:sequence>${inside}</xs:sequence></xs:complexType></xs:element>`;
  const wrappers = [...operations.values()].map(({ operation: { name, parameters, result, out } }) => {
    const request = parameters.filter(({ jsonOnly }) => !jsonOnly).map(parameter);
    const answer = [
      ...(result ? [element('return', result, isPrimitive(result))] : []),
      ...out.map(({ name: holder, type }) => element(holder, type, false)),
    ];
    return wrapper(name, request.join('')) + wrapper(`${name}Response`, answer.join(''));
  });
  const faults = [...new Set([...operations.values()].flatMap(({ operation }) => operation.faults))].sort();
  const faultElements = faults.map((name) =>
    wrapper(name, '<xs:element name="message" type="xs:string" minOccurs="0"/><xs:element name="tag" type="xs:string" minOccurs="0"/>'),
  );

  const typesOf = (prefix: string): string =>
    [...shapes.values()]
      .filter((shape) => prefixOf(shape) === prefix)
      .map(complexType)
      .join('');
  const schema = (namespace: string, imports: readonly string[], inside: string): string =>
    `<xs:schema targetNamespace="${namespace}" elementFormDefault="unqualified" version="1.0">${imports
      .map((one) => `<xs:import namespace="${one}"/>`)
      .join('')}${inside}</xs:schema>`;
  return [
    schema(NS.array, [], typesOf(PREFIXES.array)),
    schema(NS.common, [NS.array], typesOf(PREFIXES.common)),
    schema(service.namespace, [NS.common, NS.array], wrappers.join('') + faultElements.join('') + typesOf(PREFIXES.tns)),
  ];
}

/** One of them as a document of its own. @param number 1..3; undefined when there is no such */
export function schemaDocument(served: ServedService, number: number): string | undefined {
  const schema = schemasOf(served)[number - 1];
  const prefixes = `xmlns:xs="${NS.schema}" xmlns:tns="${served.service.namespace}" xmlns:com="${NS.common}" xmlns:arr="${NS.array}"`;
  return schema && `<?xml version="1.0" encoding="UTF-8"?>${schema.replace('<xs:schema ', `<xs:schema ${prefixes} `)}`;
}
