import type { Field, TypeRef } from '../../catalogue/descriptor.ts';
import type { ServedOperation, ServedService, Shape } from '../../catalogue/registry.ts';
import { isoDay, isoTime } from '../calendar.ts';
import { type AnswerText, createLongLists } from '../long-lists.ts';
import { cleanText, decimalText } from '../scalars.ts';

/**
 * Values of operations as JSON (spec billing 6.3): amounts are numbers with two decimals, which JSON.stringify cannot write, so the text is put together
 * here. A writer is made once for each type and keeps no state.
 */
type Write = (value: unknown) => string;

const quoted = (text: string): string => JSON.stringify(cleanText(text));

const nothing = (value: unknown): value is null | undefined => value === null || value === undefined;

type Time = Temporal.Instant | Temporal.PlainDate;

export interface JsonWriter {
  /** `{"return":...,"page":...}`: the value of an operation with its out-holders. @throws Error when a list comes in portions: `answer` takes those. */
  data(served: ServedOperation, value: unknown, out: Readonly<Record<string, unknown>>): string;
  /** The same between two texts; rows of a long list come behind its beginning. */
  answer(before: string, served: ServedOperation, value: unknown, out: Readonly<Record<string, unknown>>, after: string): AnswerText;
  of(type: TypeRef): Write;
}

export function createJsonWriter({ shapes }: Pick<ServedService, 'shapes'>, timeZone: string): JsonWriter {
  const beans = new Map<string, Write>();
  const longLists = createLongLists();

  const any: Write = (value) => {
    if (nothing(value)) return 'null';
    if (typeof value === 'string') return quoted(value);
    if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
    if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
    if (value instanceof Temporal.Instant) return `"${isoTime(value, timeZone)}"`;
    if (value instanceof Temporal.PlainDate) return `"${isoDay(value, timeZone)}"`;
    if (Buffer.isBuffer(value)) return `"${value.toString('base64')}"`;
    if (Array.isArray(value)) return `[${value.map(any).join(',')}]`;
    const { $type, ...rest } = value as Record<string, unknown>;
    if (typeof $type === 'string' && shapes.has($type)) return beanWriter($type)(value);
    return `{${Object.entries(rest)
      .map(([key, item]) => `${quoted(key)}:${any(item)}`)
      .join(',')}}`;
  };

  const scalar = (type: TypeRef & { scalar: string }, field?: Field): Write => {
    switch (type.scalar) {
      case 'string':
        return (value) => (nothing(value) ? 'null' : quoted(String(value)));
      case 'decimal':
        return (value) => (nothing(value) ? 'null' : decimalText(value as string));
      case 'boolean':
        return (value) => (nothing(value) ? 'null' : value ? 'true' : 'false');
      case 'date':
        return (value) => (nothing(value) ? 'null' : `"${isoDay(value as Time, timeZone)}"`);
      case 'dateTime':
        return field?.json === 'day'
          ? (value) => (nothing(value) ? 'null' : `"${isoDay(value as Time, timeZone)}"`)
          : (value) => (nothing(value) ? 'null' : `"${isoTime(value as Time, timeZone)}"`);
      case 'base64Binary':
        return (value) => (nothing(value) ? 'null' : `"${(value as Buffer).toString('base64')}"`);
      case 'any':
        return any;
      default:
        return (value) => (nothing(value) ? 'null' : String(value));
    }
  };

  const of = (type: TypeRef, field?: Field): Write => {
    if ('scalar' in type) return scalar(type, field);
    if ('bean' in type) return beanWriter(type.bean);
    const item = of(type.list, field);
    const rows = (items: readonly unknown[], first: boolean): string => {
      let text = '';
      for (const one of items) text += first && text === '' ? item(one) : `,${item(one)}`;
      return text;
    };
    return (value) => {
      if (nothing(value)) return 'null';
      return `[${longLists.defer(value, rows) ?? rows(value as unknown[], true)}]`;
    };
  };

  const exactWriter = ({ bean, fields }: Shape): Write => {
    if (bean.values) return (value) => (nothing(value) ? 'null' : quoted(String(value)));
    const opening = bean.discriminator === undefined ? '{' : `{"type":${JSON.stringify(bean.discriminator)}`;
    const parts = fields.map((field, index) => ({
      key: `${index > 0 || bean.discriminator !== undefined ? ',' : ''}${JSON.stringify(field.jsonName ?? field.name)}:`,
      name: field.name,
      write: of(field.type, field),
    }));
    return (value) => {
      if (nothing(value)) return 'null';
      let text = opening;
      for (const { key, name, write } of parts) text += key + write((value as Record<string, unknown>)[name]);
      return `${text}}`;
    };
  };

  /** Beans name each other in circles, so what a bean's writer needs is made when it first writes. */
  const beanWriter = (name: string): Write => {
    const made = beans.get(name);
    if (made) return made;
    const shape = shapes.get(name);
    if (!shape) throw new Error(`the bean ${name} is not described`);
    let exact: Write | undefined;
    const own: Write = (value) => {
      exact ??= exactWriter(shape);
      return exact(value);
    };
    const others = shape.variants.some((variant) => variant !== shape);
    const write: Write = others
      ? (value) => {
          const actual = (value as { $type?: unknown } | null | undefined)?.$type;
          return typeof actual === 'string' && actual !== name && shapes.has(actual) ? beanWriter(actual)(value) : own(value);
        }
      : own;
    beans.set(name, write);
    return write;
  };

  const operations = new Map<
    ServedOperation,
    { readonly result: Write | undefined; readonly out: readonly { key: string; name: string; write: Write }[] }
  >();
  const writersOf = (served: ServedOperation) => {
    const made = operations.get(served);
    if (made) return made;
    const { result, out } = served.operation;
    const writers = {
      result: result ? of(result) : undefined,
      out: out.map(({ name, type }) => ({ key: `,${JSON.stringify(name)}:`, name, write: of(type) })),
    };
    operations.set(served, writers);
    return writers;
  };

  const data: JsonWriter['data'] = (served, value, holders) => {
    const { result, out } = writersOf(served);
    let text = `{"return":${result ? result(value) : 'null'}`;
    for (const { key, name, write } of out) text += key + write(holders[name]);
    return `${text}}`;
  };
  return {
    data,
    answer: (before, served, value, holders, after) => longLists.answer(() => before + data(served, value, holders) + after),
    of,
  };
}
