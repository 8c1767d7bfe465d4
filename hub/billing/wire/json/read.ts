import { badValue } from '../../bad-value.ts';
import type { Field, Parameter, Scalar, TypeRef } from '../../catalogue/descriptor.ts';
import type { ServedOperation, ServedService, Shape } from '../../catalogue/registry.ts';
import { instantOfEpoch } from '../calendar.ts';
import { absentOf, DEFAULTS, missing, READERS } from '../scalars.ts';
import { ExactNumber } from './parse.ts';

/** Values of JSON as arguments of operations, with the leniency of spec billing 6.2. */
type Read = (name: string, value: unknown) => unknown;

export interface JsonReader {
  /** @param params whatever was sent. @throws HubError BAD_REQUEST naming the parameter */
  arguments(served: ServedOperation, params: unknown): Record<string, unknown>;
}

export interface JsonReaderOptions {
  readonly timeZone: string;
  /** Every missing primitive is an error (spec 6.1). */
  readonly strict: boolean;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const nothing = (value: unknown): value is null | undefined => value === null || value === undefined;
const WHOLE: ReadonlySet<Scalar> = new Set(['int', 'short', 'byte', 'long']);

export function createJsonReader({ shapes }: Pick<ServedService, 'shapes'>, { timeZone, strict }: JsonReaderOptions): JsonReader {
  const any: Read = (name, value) => {
    if (value instanceof ExactNumber) return Number(value.text);
    if (typeof value === 'string') return READERS.string(name, value, timeZone);
    if (Array.isArray(value)) return value.map((item) => any(name, item));
    if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, any(name, item)]));
    return value;
  };

  const scalar = (kind: Scalar): Read => {
    if (kind === 'any') return any;
    const read = READERS[kind];
    const fallback = DEFAULTS[kind] ?? null;
    const empty = kind === 'string' ? '' : fallback;
    return (name, value) => {
      if (nothing(value)) return fallback;
      if (value === '') return empty;
      // One value in a list of one is that value.
      const one = Array.isArray(value) && value.length === 1 ? value[0] : value;
      if (typeof one === 'string') return read(name, one, timeZone);
      if (one instanceof ExactNumber) return read(name, one.text, timeZone);
      if (typeof one === 'number') {
        if (kind === 'dateTime') return instantOfEpoch(name, one);
        if (kind === 'date') return instantOfEpoch(name, one).toZonedDateTimeISO(timeZone).toPlainDate();
        if (kind === 'int' && Number.isInteger(one) && one >= -0x8000_0000 && one <= 0x7fff_ffff) return one;
        return read(name, String(one), timeZone);
      }
      if (typeof one === 'boolean') {
        if (kind === 'boolean') return one;
        return read(name, WHOLE.has(kind) ? (one ? '1' : '0') : String(one), timeZone);
      }
      throw badValue(name, `a single value of type ${kind} is needed`, `ожидается одно значение типа ${kind}`);
    };
  };

  const list = (item: TypeRef): Read => {
    const read = of(item);
    const numbers = 'scalar' in item && WHOLE.has(item.scalar);
    return (name, value) => {
      if (nothing(value)) return null;
      if (typeof value === 'string' && numbers)
        return value
          .split(/[\s,;]+/)
          .filter((part) => part !== '')
          .map((part) => read(name, part));
      const items = Array.isArray(value) ? value : [value];
      // Nothing is no item.
      return items.filter((one) => !nothing(one)).map((one) => read(name, one));
    };
  };

  const of = (type: TypeRef): Read => ('scalar' in type ? scalar(type.scalar) : 'bean' in type ? beanReader(type.bean) : list(type.list));

  const exactReader = ({ name: beanName, bean, fields }: Shape): Read => {
    const { values } = bean;
    if (values)
      return (name, value) => {
        if (nothing(value) || value === '') return null;
        if (typeof value === 'string' && values.includes(value)) return value;
        throw badValue(name, `one of ${values.join(', ')} is needed`, `ожидается одно из: ${values.join(', ')}`);
      };
    const parts = fields.map((field: Field) => ({
      key: field.jsonName ?? field.name,
      name: field.name,
      read: of(field.type),
      absent: absentOf(field),
    }));
    return (name, value) => {
      if (nothing(value) || value === '') return null;
      if (!isObject(value)) throw badValue(name, `an object of type ${beanName} is needed`, `ожидается объект типа ${beanName}`);
      const read: Record<string, unknown> = { $type: beanName };
      for (const part of parts) {
        const given = Object.hasOwn(value, part.key) ? value[part.key] : value[part.name];
        read[part.name] = nothing(given) ? part.absent : part.read(`${name}.${part.key}`, given);
      }
      return read;
    };
  };

  const beans = new Map<string, Read>();
  const beanReader = (bean: string): Read => {
    const made = beans.get(bean);
    if (made) return made;
    const shape = shapes.get(bean);
    if (!shape) throw new Error(`the bean ${bean} is not described`);
    let exact: Read | undefined;
    const own: Read = (name, value) => {
      exact ??= exactReader(shape);
      return exact(name, value);
    };
    const byType = new Map(
      shape.variants.flatMap((variant) => [
        [variant.bean.discriminator ?? variant.name, variant] as const,
        [variant.name, variant] as const,
      ]),
    );
    const polymorphic = shape.bean.abstract === true || shape.bean.discriminator !== undefined;
    const permitted = [...new Set(shape.variants.map((variant) => variant.bean.discriminator ?? variant.name))].join(', ');
    const read: Read = polymorphic
      ? (name, value) => {
          if (!isObject(value)) return own(name, value);
          const type = Object.hasOwn(value, 'type') ? value['type'] : undefined;
          if (nothing(type) && !shape.bean.abstract) return own(name, value);
          const variant = typeof type === 'string' ? byType.get(type) : undefined;
          if (!variant) throw badValue(`${name}.type`, `one of ${permitted} is needed`, `ожидается одно из: ${permitted}`);
          return variant === shape ? own(name, value) : beanReader(variant.name)(name, value);
        }
      : own;
    beans.set(bean, read);
    return read;
  };

  interface Part {
    readonly parameter: Parameter;
    readonly keys: readonly string[];
    readonly read: Read;
    readonly primitive: boolean;
  }
  const operations = new Map<ServedOperation, readonly Part[]>();
  const partsOf = (served: ServedOperation): readonly Part[] => {
    const made = operations.get(served);
    if (made) return made;
    const parts = served.operation.parameters.map(
      (parameter): Part => ({
        parameter,
        keys: [parameter.name, ...parameter.aliases],
        read: of(parameter.type),
        primitive: 'scalar' in parameter.type && DEFAULTS[parameter.type.scalar] !== undefined && !parameter.optional,
      }),
    );
    operations.set(served, parts);
    return parts;
  };

  return {
    arguments(served, params) {
      const given = isObject(params) ? params : {};
      if (!nothing(params) && params !== '' && !isObject(params) && !(Array.isArray(params) && params.length === 0))
        throw badValue('params', 'an object is needed', 'ожидается объект');
      const read: Record<string, unknown> = {};
      for (const { parameter, keys, read: readPart, primitive } of partsOf(served)) {
        const { name } = parameter;
        const key = keys.find((one) => Object.hasOwn(given, one));
        const value = key === undefined ? undefined : given[key];
        if (strict && primitive && key === undefined) throw badValue(name, 'it must be given', 'параметр обязателен');
        const absent = nothing(value) || (parameter.identifies && value === '');
        read[name] = (absent ? undefined : readPart(key ?? name, value)) ?? missing(parameter);
      }
      return read;
    },
  };
}
