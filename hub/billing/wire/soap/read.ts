import { badValue } from '../../bad-value.ts';
import type { Field, Parameter, Scalar, TypeRef } from '../../catalogue/descriptor.ts';
import type { ServedOperation, ServedService, Shape } from '../../catalogue/registry.ts';
import { NS } from '../namespaces.ts';
import { absentOf, DEFAULTS, missing, READERS } from '../scalars.ts';
import type { XmlElement } from './tree.ts';

/** Elements of a request as arguments of operations, with the leniency of spec billing 5.5. */
type ReadElement = (name: string, element: XmlElement) => unknown;

export interface SoapReader {
  /** @throws HubError BAD_REQUEST naming the parameter */
  arguments(served: ServedOperation, wrapper: XmlElement): Record<string, unknown>;
}

const instanceAttribute = (element: XmlElement, local: string): string | undefined =>
  element.attributes.find((attribute) => attribute.uri === NS.instance && attribute.local === local)?.value;

const isNil = (element: XmlElement): boolean => /^(?:true|1)$/.test(instanceAttribute(element, 'nil')?.trim() ?? '');

const isEmpty = (element: XmlElement): boolean =>
  element.children.length === 0 && element.text.trim() === '' && element.attributes.every(({ uri }) => uri === NS.instance);

/** The local part of a QName, in whatever prefix. */
const typeOf = (element: XmlElement): string | undefined => instanceAttribute(element, 'type')?.trim().split(':').at(-1);

/** xsi:type of anyType values; the others of XML Schema are read as text. */
const SCHEMA_TYPES: Readonly<Record<string, Scalar>> = {
  int: 'int',
  integer: 'long',
  long: 'long',
  short: 'short',
  byte: 'byte',
  boolean: 'boolean',
  float: 'float',
  double: 'float',
  decimal: 'decimal',
  date: 'date',
  dateTime: 'dateTime',
  base64Binary: 'base64Binary',
};

export function createSoapReader({ shapes }: Pick<ServedService, 'shapes'>, timeZone: string): SoapReader {
  const scalarOf = (kind: Scalar, name: string, text: string): unknown => {
    if (kind === 'string') return READERS.string(name, text, timeZone);
    if (text.trim() === '') return DEFAULTS[kind] ?? null;
    return READERS[kind](name, text, timeZone);
  };

  const any: ReadElement = (name, element) => {
    if (isNil(element)) return null;
    const type = typeOf(element);
    if (type !== undefined && shapes.has(type)) return beanReader(type)(name, element);
    if (element.children.length > 0)
      return Object.fromEntries(element.children.map((child) => [child.local, any(`${name}.${child.local}`, child)]));
    return scalarOf(SCHEMA_TYPES[type ?? ''] ?? 'string', name, element.text);
  };

  const single = (type: TypeRef): ReadElement => {
    if ('bean' in type) return beanReader(type.bean);
    if ('list' in type) return single(type.list);
    const { scalar } = type;
    if (scalar === 'any') return any;
    return (name, element) => (isNil(element) ? (DEFAULTS[scalar] ?? null) : scalarOf(scalar, name, element.text));
  };

  const readNumbers = (kind: Scalar, name: string, text: string): unknown[] =>
    text
      .split(/[\s,]+/)
      .filter((part) => part !== '')
      .map((part) => scalarOf(kind, name, part));

  /** A value from the elements of one name. */
  const values = (type: TypeRef): ((name: string, elements: readonly XmlElement[]) => unknown) => {
    const read = single(type);
    if (!('list' in type)) return (name, [first]) => (first ? read(name, first) : null);
    const item = type.list;
    const numbers = 'scalar' in item && item.scalar !== 'string' && item.scalar !== 'any' ? item.scalar : undefined;
    return (name, elements) => {
      if (elements.length === 0) return null;
      // Nothing is no item.
      if (numbers === undefined) return elements.map((element) => read(name, element)).filter((one) => one !== null);
      // Several numbers may stand in one element, parted by spaces.
      return elements.flatMap((element) => (isNil(element) ? [] : readNumbers(numbers, name, element.text)));
    };
  };

  const fieldReader = (field: Field): ((name: string, element: XmlElement) => unknown) => {
    const { name: own, type, item } = field;
    const read = values(type);
    const ofText = (name: string, text: string): unknown => {
      if ('list' in type && 'scalar' in type.list) return readNumbers(type.list.scalar, name, text);
      if ('bean' in type) return shapes.get(type.bean)?.bean.values ? enumeration(type.bean, name, text) : null;
      return 'scalar' in type ? scalarOf(type.scalar === 'any' ? 'string' : type.scalar, name, text) : null;
    };
    return (path, element) => {
      const name = `${path}.${own}`;
      let found: XmlElement[] | undefined;
      for (const child of element.children) {
        if (child.local !== own) continue;
        found ??= [];
        found.push(child);
      }
      if (found) {
        if (item === undefined) return read(name, found);
        const items = found.flatMap((wrapper) => wrapper.children.filter((child) => child.local === item));
        // Without the wrapper the elements repeat under its name; where wrapper and item share a name both forms read the same.
        return read(name, items.length > 0 ? items : found.filter((one) => !isEmpty(one)));
      }
      const attribute = element.attributes.find(({ local, uri }) => local === own && uri !== NS.instance);
      return attribute ? ofText(name, attribute.value) : absentOf(field);
    };
  };

  const enumeration = (bean: string, name: string, text: string): unknown => {
    const permitted = shapes.get(bean)?.bean.values ?? [];
    const word = text.trim();
    if (word === '') return null;
    if (permitted.includes(word)) return word;
    throw badValue(name, `one of ${permitted.join(', ')} is needed`, `ожидается одно из: ${permitted.join(', ')}`);
  };

  const exactReader = ({ name: beanName, bean, fields }: Shape): ReadElement => {
    if (bean.values) return (name, element) => (isNil(element) ? null : enumeration(beanName, name, element.text));
    const parts = fields.map((field) => ({ name: field.name, read: fieldReader(field) }));
    return (name, element) => {
      if (isNil(element) || isEmpty(element)) return null;
      const read: Record<string, unknown> = { $type: beanName };
      for (const part of parts) read[part.name] = part.read(name, element);
      return read;
    };
  };

  const beans = new Map<string, ReadElement>();
  const beanReader = (bean: string): ReadElement => {
    const made = beans.get(bean);
    if (made) return made;
    const shape = shapes.get(bean);
    if (!shape) throw new Error(`the bean ${bean} is not described`);
    let exact: ReadElement | undefined;
    const permitted = shape.variants.map(({ name }) => name).join(', ');
    const read: ReadElement = (name, element) => {
      const type = typeOf(element);
      if (type === undefined || type === bean) {
        if (shape.bean.abstract && !isNil(element) && !isEmpty(element))
          throw badValue(name, `xsi:type must be one of ${permitted}`, `xsi:type должен быть одним из: ${permitted}`);
        exact ??= exactReader(shape);
        return exact(name, element);
      }
      const variant = shape.variants.find((one) => one.name === type);
      if (!variant) throw badValue(name, `xsi:type must be one of ${permitted}`, `xsi:type должен быть одним из: ${permitted}`);
      // An empty element of a named type is an object without fields.
      return isEmpty(element)
        ? { $type: type, ...Object.fromEntries(variant.fields.map((field) => [field.name, absentOf(field)])) }
        : beanReader(type)(name, element);
    };
    beans.set(bean, read);
    return read;
  };

  interface Part {
    readonly parameter: Parameter;
    readonly named: (element: XmlElement) => boolean;
    readonly read: ReturnType<typeof values>;
  }
  const operations = new Map<ServedOperation, readonly Part[]>();
  const partsOf = (served: ServedOperation) => {
    const made = operations.get(served);
    if (made) return made;
    const parts = served.operation.parameters.map((parameter): Part => {
      const { name, aliases, type } = parameter;
      // Releases call some parameters differently, and take every name (spec 6.5).
      const named =
        aliases.length === 0
          ? ({ local }: XmlElement) => local === name
          : ({ local }: XmlElement) => local === name || aliases.includes(local);
      return { parameter, named, read: values(type) };
    });
    operations.set(served, parts);
    return parts;
  };

  return {
    arguments(served, wrapper) {
      const read: Record<string, unknown> = {};
      for (const { parameter, named, read: readPart } of partsOf(served)) {
        const { name, identifies } = parameter;
        const found = wrapper.children.filter(named);
        const absent = found.length === 0 || (identifies && found.every(isEmpty));
        read[name] = (absent ? undefined : readPart(name, found)) ?? missing(parameter);
      }
      return read;
    },
  };
}
