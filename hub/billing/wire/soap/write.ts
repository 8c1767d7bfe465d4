import type { Field, Scalar, TypeRef } from '../../catalogue/descriptor.ts';
import type { ServedOperation, ServedService, Shape } from '../../catalogue/registry.ts';
import { isoDay, isoTime } from '../calendar.ts';
import { classOf, type Fault } from '../faults.ts';
import { type AnswerText, createLongLists } from '../long-lists.ts';
import { NS } from '../namespaces.ts';
import { decimalText } from '../scalars.ts';
import { attributeText, contentText } from '../xml-text.ts';

/**
 * Answers of the SOAP face (spec billing 5.6), put together as text. `ns1` is the service, `ns2` the shared beans, `ns3` the string arrays. A writer is
 * made once for each type and keeps no state.
 */
type WriteElement = (tag: string, value: unknown, declared: boolean) => string;

type Time = Temporal.Instant | Temporal.PlainDate;

const nothing = (value: unknown): value is null | undefined => value === null || value === undefined;

export interface SoapWriter {
  /** @throws Error when a list comes in portions: `answer` takes those. */
  response(served: ServedOperation, value: unknown, out: Readonly<Record<string, unknown>>, header: boolean): string;
  /** The same; rows of a long list come behind its beginning. */
  answer(served: ServedOperation, value: unknown, out: Readonly<Record<string, unknown>>, header: boolean): AnswerText;
  fault(fault: Fault, header: boolean): string;
}

const OPEN = (header: boolean, namespaces: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="${NS.envelope}"${namespaces}>${header ? '<S:Header/>' : ''}<S:Body>`;
const CLOSE = '</S:Body></S:Envelope>';

/** A fault with both details (spec billing 5.6). @param namespace of the service; the shared one where no service is known */
export function faultEnvelope({ name, message, tag, side }: Fault, namespace: string, header: boolean): string {
  const text = contentText(message);
  return (
    `${OPEN(header, '')}<S:Fault><faultcode>${side === 'client' ? 'S:Client' : 'S:Server'}</faultcode><faultstring>${text}</faultstring><detail>` +
    `<nsT:${name} xmlns:nsT="${attributeText(namespace)}"><message>${text}</message>${tag === null ? '' : `<tag>${contentText(tag)}</tag>`}</nsT:${name}>` +
    `<nsE:exception xmlns:nsE="${NS.exception}" class="${classOf(name)}" note="The server does not tell where it happened"><message>${text}</message></nsE:exception>` +
    `</detail></S:Fault>${CLOSE}`
  );
}

export function createSoapWriter({ service, shapes }: Pick<ServedService, 'service' | 'shapes'>, timeZone: string): SoapWriter {
  const namespaces = ` xmlns:ns1="${service.namespace}" xmlns:ns2="${NS.common}" xmlns:ns3="${NS.array}" xmlns:xs="${NS.schema}" xmlns:xsi="${NS.instance}"`;
  const openings = { withHeader: OPEN(true, namespaces), without: OPEN(false, namespaces) };
  const prefixOf = ({ name, bean }: Shape): string => (name === 'stringArray' ? 'ns3' : bean.shared ? 'ns2' : 'ns1');

  const longLists = createLongLists();

  /** The text of a scalar that is there. */
  const textOf = (kind: Scalar): ((value: unknown) => string) => {
    switch (kind) {
      case 'decimal':
        return (value) => decimalText(value as string);
      case 'boolean':
        return (value) => (value ? 'true' : 'false');
      case 'date':
        return (value) => isoDay(value as Time, timeZone);
      case 'dateTime':
        return (value) => isoTime(value as Time, timeZone);
      case 'base64Binary':
        return (value) => (value as Buffer).toString('base64');
      default:
        return String;
    }
  };
  const escapes = (kind: Scalar): boolean => kind === 'string' || kind === 'any';

  const anyTyped = (tag: string, type: string, text: string): string => `<${tag} xsi:type="${type}">${text}</${tag}>`;
  const any: WriteElement = (tag, value) => {
    if (nothing(value)) return '';
    if (typeof value === 'string') return anyTyped(tag, 'xs:string', contentText(value));
    if (typeof value === 'boolean') return anyTyped(tag, 'xs:boolean', String(value));
    if (typeof value === 'bigint') return anyTyped(tag, 'xs:long', String(value));
    if (typeof value === 'number') return anyTyped(tag, Number.isInteger(value) ? 'xs:int' : 'xs:double', String(value));
    if (value instanceof Temporal.Instant || value instanceof Temporal.PlainDate)
      return anyTyped(tag, 'xs:dateTime', isoTime(value, timeZone));
    if (Buffer.isBuffer(value)) return anyTyped(tag, 'xs:base64Binary', value.toString('base64'));
    if (Array.isArray(value)) return value.map((item) => any(tag, item, false)).join('');
    const { $type, ...rest } = value as Record<string, unknown>;
    if (typeof $type === 'string' && shapes.has($type)) return beanWriter($type)(tag, value, false);
    return `<${tag}>${Object.entries(rest)
      .map(([name, item]) => any(name, item, false))
      .join('')}</${tag}>`;
  };

  const single = (type: TypeRef): WriteElement => {
    if ('bean' in type) return beanWriter(type.bean);
    if ('list' in type) return single(type.list);
    if (type.scalar === 'any') return any;
    const text = textOf(type.scalar);
    return escapes(type.scalar)
      ? (tag, value) => (nothing(value) ? '' : `<${tag}>${contentText(text(value))}</${tag}>`)
      : (tag, value) => (nothing(value) ? '' : `<${tag}>${text(value)}</${tag}>`);
  };

  /** Of lists one element an item. */
  const elements = (type: TypeRef): ((tag: string, value: unknown) => string) => {
    const write = single(type);
    if (!('list' in type)) return (tag, value) => write(tag, value, true);
    return (tag, value) => {
      if (nothing(value)) return '';
      const rows = (items: readonly unknown[]): string => {
        let text = '';
        for (const item of items) text += write(tag, item, true);
        return text;
      };
      return longLists.defer(value, rows) ?? rows(value as unknown[]);
    };
  };

  const attributeWriter = ({ name, type, at, required }: Field): ((value: unknown) => string) => {
    if (at === 'attributeList') return (value) => (nothing(value) ? '' : ` ${name}="${(value as unknown[]).join(' ')}"`);
    const kind: Scalar = 'scalar' in type ? type.scalar : 'string';
    const text = textOf(kind);
    const absent =
      required && kind !== 'string'
        ? kind === 'boolean'
          ? ` ${name}="false"`
          : kind === 'dateTime' || kind === 'date'
            ? ''
            : ` ${name}="0"`
        : '';
    return escapes(kind)
      ? (value) => (nothing(value) ? '' : ` ${name}="${attributeText(text(value))}"`)
      : (value) => (nothing(value) ? absent : ` ${name}="${text(value)}"`);
  };

  const childWriter = ({ name, type, at, item }: Field): ((value: unknown) => string) => {
    if (at === 'elementList') return (value) => (nothing(value) ? '' : `<${name}>${(value as unknown[]).join(' ')}</${name}>`);
    if ('scalar' in type && type.scalar !== 'any' && item === undefined) {
      // Most of what is written: the tags are put together once.
      const text = textOf(type.scalar);
      const [begin, end] = [`<${name}>`, `</${name}>`];
      return escapes(type.scalar)
        ? (value) => (nothing(value) ? '' : begin + contentText(text(value)) + end)
        : (value) => (nothing(value) ? '' : begin + text(value) + end);
    }
    const write = elements(type);
    if (item === undefined) return (value) => write(name, value);
    return (value) => (nothing(value) ? '' : `<${name}>${write(item, value)}</${name}>`);
  };

  const exactWriter = (shape: Shape): WriteElement => {
    if (shape.bean.values) return (tag, value) => (nothing(value) ? '' : `<${tag}>${contentText(String(value))}</${tag}>`);
    const sent = shape.fields.filter(({ jsonOnly }) => !jsonOnly);
    const attributes = sent
      .filter(({ at }) => at === 'attribute' || at === 'attributeList')
      .map((field) => ({ name: field.name, write: attributeWriter(field) }));
    const children = sent
      .filter(({ at }) => at === 'element' || at === 'elementList')
      .map((field) => ({ name: field.name, write: childWriter(field) }));
    const typed = ` xsi:type="${prefixOf(shape)}:${shape.name}"`;
    return (tag, value, declared) => {
      const bean = value as Record<string, unknown>;
      let head = `<${tag}`;
      for (const { name, write } of attributes) head += write(bean[name]);
      // Behind them: of attributes called type PHP takes the first, whatever its namespace.
      if (!declared) head += typed;
      let body = '';
      for (const { name, write } of children) body += write(bean[name]);
      return body === '' ? `${head}/>` : `${head}>${body}</${tag}>`;
    };
  };

  const beans = new Map<string, WriteElement>();
  const beanWriter = (name: string): WriteElement => {
    const made = beans.get(name);
    if (made) return made;
    const shape = shapes.get(name);
    if (!shape) throw new Error(`the bean ${name} is not described`);
    let exact: WriteElement | undefined;
    const write: WriteElement = (tag, value, declared) => {
      if (nothing(value)) return '';
      const actual = (value as { $type?: unknown }).$type;
      if (typeof actual === 'string' && actual !== name && shapes.has(actual)) return beanWriter(actual)(tag, value, false);
      exact ??= exactWriter(shape);
      return exact(tag, value, declared);
    };
    beans.set(name, write);
    return write;
  };

  const operations = new Map<
    ServedOperation,
    {
      begin: string;
      result: ((tag: string, value: unknown) => string) | undefined;
      out: { name: string; write: (tag: string, value: unknown) => string }[];
      end: string;
    }
  >();
  const writersOf = (served: ServedOperation) => {
    const made = operations.get(served);
    if (made) return made;
    const { name: operation, result, out } = served.operation;
    const tag = `ns1:${operation}Response`;
    const writers = {
      begin: `<${tag}>`,
      result: result ? elements(result) : undefined,
      out: out.map(({ name, type }) => ({ name, write: elements(type) })),
      end: `</${tag}>${CLOSE}`,
    };
    operations.set(served, writers);
    return writers;
  };

  const response: SoapWriter['response'] = (served, value, holders, header) => {
    const { begin, result, out, end } = writersOf(served);
    let text = (header ? openings.withHeader : openings.without) + begin;
    if (result) text += result('return', value);
    for (const { name, write } of out) text += write(name, holders[name]);
    return text + end;
  };
  return {
    response,
    answer: (served, value, holders, header) => longLists.answer(() => response(served, value, holders, header)),
    fault: (fault, header) => faultEnvelope(fault, service.namespace, header),
  };
}
