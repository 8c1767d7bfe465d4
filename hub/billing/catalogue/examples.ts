import type { Action, Field, Operation, Scalar, TypeRef } from './descriptor.ts';
import type { ServedService, Shape } from './registry.ts';

/** A call that shows how an operation is called, for the reference (spec 3.3): one of each protocol, with every parameter in it. */
export interface Examples {
  /** The body of a POST to `executer/json/<package>/<Service>`. */
  readonly json: string;
  /** The body of a POST to `executer/<package>/<Service>`. */
  readonly soap: string;
}

const SAMPLES: Readonly<Record<Scalar, string | number | boolean>> = {
  int: 1,
  long: 1,
  short: 1,
  byte: 1,
  boolean: true,
  float: 1,
  string: 'text',
  decimal: '100.00',
  date: '2026-03-31',
  dateTime: '2026-03-31T12:00:00+03:00',
  base64Binary: 'AAAA',
  any: 'text',
};
const USER = { user: 'login', pswd: 'password' };
const ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
const AUTH = 'http://ws.base.kernel.bgbilling.bitel.ru/';
const INSTANCE = 'http://www.w3.org/2001/XMLSchema-instance';
/** What stands for a value that a person puts in. */
const ANY_VALUE = '…';

/** The first bean that may stand for this one; the bean itself unless it is abstract. */
const standIn = (shape: Shape): Shape =>
  shape.bean.abstract ? (shape.variants.find(({ bean }) => bean.discriminator !== undefined) ?? shape.variants[0] ?? shape) : shape;

export function operationExamples(
  { service, shapes }: Pick<ServedService, 'service' | 'shapes'>,
  { name, parameters }: Operation,
): Examples {
  const own = parameters.filter(({ jsonOnly }) => !jsonOnly);
  const { sampleOf } = jsonSamples(shapes);
  const { elementOf } = soapSamples(shapes);
  const params = Object.fromEntries(own.map((parameter) => [parameter.name, sampleOf(parameter.type, [])]));
  return {
    json: JSON.stringify({ method: name, user: USER, params }),
    soap:
      `<S:Envelope xmlns:S="${ENVELOPE}" xmlns:xsi="${INSTANCE}" xmlns:b="${service.namespace}"><S:Header><a:auth xmlns:a="${AUTH}" user="${USER.user}" pswd="${USER.pswd}"/></S:Header>` +
      `<S:Body><b:${name}>${own.map((parameter) => elementOf(parameter.name, parameter.type, [])).join('')}</b:${name}></S:Body></S:Envelope>`,
  };
}

/** `executer?module=contract&action=ContractInfo&user=login&pswd=password&cid=…` */
export const actionExample = ({ module, name, parameters }: Action): string =>
  [
    'executer?module=',
    module,
    '&action=',
    name,
    '&user=',
    USER.user,
    '&pswd=',
    USER.pswd,
    ...parameters.map((one) => `&${one.name}=${ANY_VALUE}`),
  ].join('');

/** A bean that holds itself is shown once: `open` are those around this one. */
const isOpen = (type: TypeRef, open: readonly string[]): boolean =>
  'list' in type ? isOpen(type.list, open) : 'bean' in type && open.includes(type.bean);

function shapeFor(shapes: ServedService['shapes'], bean: string): Shape {
  const shape = shapes.get(bean);
  if (!shape) throw new RangeError(`the bean ${bean} is not described`);
  return shape;
}

function jsonSamples(shapes: ServedService['shapes']) {
  const sampleOf = (type: TypeRef, open: readonly string[]): unknown => {
    if ('scalar' in type) return SAMPLES[type.scalar];
    if ('list' in type) return [sampleOf(type.list, open)];
    const shape = standIn(shapeFor(shapes, type.bean));
    if (shape.bean.values) return shape.bean.values[0];
    const around = [...open, type.bean, shape.name];
    const fields = shape.fields.filter((field) => !field.jsonOnly && !isOpen(field.type, around));
    return {
      ...(shape.bean.discriminator !== undefined && { type: shape.bean.discriminator }),
      ...Object.fromEntries(fields.map((field) => [field.jsonName ?? field.name, sampleOf(field.type, around)])),
    };
  };
  return { sampleOf };
}

function soapSamples(shapes: ServedService['shapes']) {
  const attributeOf = ({ name, type }: Field): string => ` ${name}="${'scalar' in type ? SAMPLES[type.scalar] : SAMPLES.int}"`;
  const childOf = ({ name, type, at, item }: Field, open: readonly string[]): string => {
    if (at === 'elementList') return `<${name}>${SAMPLES.int}</${name}>`;
    return item === undefined ? elementOf(name, type, open) : `<${name}>${elementOf(item, type, open)}</${name}>`;
  };
  const elementOf = (name: string, type: TypeRef, open: readonly string[]): string => {
    if ('scalar' in type) return `<${name}>${SAMPLES[type.scalar]}</${name}>`;
    if ('list' in type) return elementOf(name, type.list, open);
    const shape = standIn(shapeFor(shapes, type.bean));
    if (shape.bean.values) return `<${name}>${shape.bean.values[0]}</${name}>`;
    const around = [...open, type.bean, shape.name];
    const fields = shape.fields.filter((field) => !field.jsonOnly && !isOpen(field.type, around));
    const inside = (attribute: boolean): Field[] => fields.filter(({ at }) => (at === 'attribute' || at === 'attributeList') === attribute);
    const kind = shape.name === type.bean ? '' : ` xsi:type="b:${shape.name}"`;
    const children = inside(false)
      .map((field) => childOf(field, around))
      .join('');
    return `<${name}${kind}${inside(true).map(attributeOf).join('')}${children === '' ? '/>' : `>${children}</${name}>`}`;
  };
  return { elementOf };
}
