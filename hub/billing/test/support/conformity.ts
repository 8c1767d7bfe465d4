import type { Field, Operation, Parameter, Scalar, TypeRef } from '../../catalogue/descriptor.ts';
import type { ServedService, Shape } from '../../catalogue/registry.ts';

/** What values of each scalar are in code (descriptor.ts). */
const SCALARS: Readonly<Record<Scalar, (value: unknown) => boolean>> = {
  int: Number.isInteger,
  short: Number.isInteger,
  byte: Number.isInteger,
  float: (value) => typeof value === 'number',
  long: (value) => typeof value === 'bigint',
  boolean: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  decimal: (value) => typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value),
  date: (value) => value instanceof Temporal.PlainDate,
  dateTime: (value) => value instanceof Temporal.Instant || value instanceof Temporal.PlainDate,
  base64Binary: (value) => Buffer.isBuffer(value),
  any: () => true,
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);

/** Whatever an answer has that its descriptor does not say, or lacks of what it must have. Each fault by its place. */
export function answerFaults({ shapes }: Pick<ServedService, 'shapes'>, { result, out }: Operation, answer: unknown): string[] {
  if (out.length === 0)
    return result
      ? valueFaults(shapes, 'return', result, answer)
      : answer === undefined
        ? []
        : [`return: ${show(answer)} of a void operation`];
  if (!isObject(answer) || !isObject(answer['out'])) return [`an operation with out-holders answers { value, out }, not ${show(answer)}`];
  const holders = answer['out'];
  return [
    ...(result ? valueFaults(shapes, 'return', result, answer['value']) : []),
    ...out.flatMap(({ name, type }: Parameter) =>
      name in holders ? valueFaults(shapes, name, type, holders[name]) : [`${name}: is missing`],
    ),
    ...Object.keys(holders).flatMap((name) => (out.some((one) => one.name === name) ? [] : [`${name}: no such out-holder`])),
  ];
}

const show = (value: unknown): string =>
  (typeof value === 'bigint' ? `${value}n` : String(JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? `${one}n` : one)))).slice(
    0,
    80,
  );

function valueFaults(shapes: ServedService['shapes'], place: string, type: TypeRef, value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if ('scalar' in type) {
    if (type.scalar === 'any') return anyFaults(shapes, place, value);
    return SCALARS[type.scalar](value) ? [] : [`${place}: ${show(value)} is no ${type.scalar}`];
  }
  if ('list' in type)
    return Array.isArray(value)
      ? value.flatMap((one, index) => valueFaults(shapes, `${place}[${index}]`, type.list, one))
      : [`${place}: ${show(value)} is no list`];
  return beanFaults(shapes, place, shapes.get(type.bean), value);
}

function anyFaults(shapes: ServedService['shapes'], place: string, value: unknown): string[] {
  if (!isObject(value) || value['$type'] === undefined) return [];
  const shape = shapes.get(String(value['$type']));
  return shape ? beanFaults(shapes, place, shape, value) : [`${place}: its $type ${show(value['$type'])} is no bean of the service`];
}

function beanFaults(shapes: ServedService['shapes'], place: string, declared: Shape | undefined, value: unknown): string[] {
  if (!declared) return [`${place}: its bean is not described`];
  if (declared.bean.values)
    return declared.bean.values.includes(String(value)) ? [] : [`${place}: ${show(value)} is none of ${declared.bean.values}`];
  if (!isObject(value)) return [`${place}: ${show(value)} is no ${declared.name}`];
  const named = value['$type'];
  const shape = named === undefined ? declared : declared.variants.find(({ name }) => name === named);
  if (!shape) return [`${place}: a ${show(named)} does not stand for a ${declared.name}`];
  if (shape.bean.abstract) return [`${place}: ${shape.name} is abstract: $type is needed`];
  const fields = new Map(shape.fields.map((field) => [field.name, field]));
  return [
    ...Object.keys(value).flatMap((key) =>
      fields.has(key) || key === '$type' ? [] : [`${place}.${key}: ${shape.name} has no such field`],
    ),
    ...shape.fields.flatMap((field: Field) => {
      const one = value[field.name];
      if (one === undefined && !field.jsonOnly) return [`${place}.${field.name}: is missing`];
      return valueFaults(shapes, `${place}.${field.name}`, field.type, one);
    }),
  ];
}
