import { HubError } from '../../core/errors.ts';
import type { Field, Parameter, TypeRef } from '../catalogue/descriptor.ts';
import type { ServedOperation, ServedService, Shape } from '../catalogue/registry.ts';
import { attributeText, contentText } from '../wire/xml-text.ts';

/**
 * Arguments as JSON has them, written as the elements of a SOAP request: so that one form of arguments serves both protocols. Values are written as they
 * are given, right or wrong: it is the server that must judge them. Only what has no place in the message is refused.
 */
const wrong = (path: string, message: string): HubError =>
  new HubError('VALIDATION', `${path}: ${message}`, { details: [{ code: 'ARGUMENT', path, message }] });

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isAbsent = (value: unknown): boolean => value === undefined || value === null;
const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : isAbsent(value) ? [] : [value]);

function plain(path: string, value: unknown): string {
  if (typeof value === 'object' && value !== null) throw wrong(path, 'a text, a number or a flag is needed, not an object or a list');
  return String(value);
}

/** The bean that an object is of: named by `type` in the words of JSON, or by its own name. */
function variantOf(shape: Shape, path: string, value: Readonly<Record<string, unknown>>): Shape {
  const { type } = value;
  const named = shape.variants.find(({ name, bean }) => type !== undefined && (bean.discriminator === type || name === type));
  if (named) return named;
  const isField = shape.fields.some(({ name, jsonName }) => (jsonName ?? name) === 'type');
  if (!shape.bean.abstract && (type === undefined || isField)) return shape;
  const permitted = shape.variants.map(({ name, bean }) => bean.discriminator ?? name).join(', ');
  throw wrong(`${path}/type`, `one of ${permitted} is needed`);
}

/** The inside of the wrapper of a request. @throws HubError VALIDATION naming the argument by its JSON Pointer */
export function soapArguments(
  { shapes }: Pick<ServedService, 'shapes'>,
  { operation }: Pick<ServedOperation, 'operation'>,
  given: Readonly<Record<string, unknown>>,
): string {
  const shapeFor = (name: string): Shape => {
    const shape = shapes.get(name);
    if (!shape) throw new RangeError(`the bean ${name} is not described`);
    return shape;
  };

  const elements = (name: string, type: TypeRef, path: string, value: unknown): string => {
    if (isAbsent(value)) return '';
    if ('list' in type)
      return listed(value)
        .map((item, at) => elements(name, type.list, `${path}/${at}`, item))
        .join('');
    if ('scalar' in type) return `<${name}>${contentText(plain(path, value))}</${name}>`;
    const shape = shapeFor(type.bean);
    if (shape.bean.values) return `<${name}>${contentText(plain(path, value))}</${name}>`;
    if (!isObject(value)) throw wrong(path, `an object ${shape.name} is needed`);
    const variant = variantOf(shape, path, value);
    const keyOf = (field: Field): string => (field.jsonName !== undefined && field.jsonName in value ? field.jsonName : field.name);
    const used = new Set([...variant.fields.map(keyOf), 'type']);
    const unknown = Object.keys(value).find((key) => !used.has(key));
    if (unknown !== undefined) throw wrong(`${path}/${unknown}`, `${variant.name} has no field ${unknown}`);
    const attributes = variant.fields.map((field) => {
      const inside = value[keyOf(field)];
      if ((field.at !== 'attribute' && field.at !== 'attributeList') || isAbsent(inside)) return '';
      const text = listed(inside).map((item) => plain(`${path}/${keyOf(field)}`, item));
      return ` ${field.name}="${attributeText(text.join(' '))}"`;
    });
    const children = variant.fields.map((field) => {
      const [key, inside] = [keyOf(field), value[keyOf(field)]];
      if (field.at === 'attribute' || field.at === 'attributeList' || isAbsent(inside)) return '';
      if (field.at === 'elementList') {
        const numbers = listed(inside).map((item) => plain(`${path}/${key}`, item));
        return `<${field.name}>${contentText(numbers.join(' '))}</${field.name}>`;
      }
      const own = elements(field.item ?? field.name, field.type, `${path}/${key}`, inside);
      return field.item === undefined ? own : `<${field.name}>${own}</${field.name}>`;
    });
    const named = variant.name === type.bean ? '' : ` xsi:type="b:${variant.name}"`;
    const content = children.join('');
    return `<${name}${named}${attributes.join('')}${content === '' ? '/>' : `>${content}</${name}>`}`;
  };

  const byName = new Map<string, Parameter>();
  for (const parameter of operation.parameters) for (const name of [parameter.name, ...parameter.aliases]) byName.set(name, parameter);
  for (const name of Object.keys(given))
    if (!byName.has(name)) throw wrong(`/arguments/${name}`, `${operation.name} has no parameter ${name}`);
  return operation.parameters
    .map(({ name, type, aliases }) => {
      const key = [name, ...aliases].find((one) => Object.hasOwn(given, one)) ?? name;
      return elements(name, type, `/arguments/${key}`, given[key]);
    })
    .join('');
}
