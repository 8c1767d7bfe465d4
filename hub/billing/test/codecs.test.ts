import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HubError } from '../../core/errors.ts';
import { ACTION_BINDINGS, BINDINGS } from '../catalogue/bindings.ts';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import type { Field, Scalar, TypeRef } from '../catalogue/descriptor.ts';
import { createRegistry, type ServedOperation, type Shape } from '../catalogue/registry.ts';
import { actionArgs } from '../wire/action/args.ts';
import { mergeParams } from '../wire/action/pairs.ts';
import { createXmlWriter } from '../wire/action/xml-writer.ts';
import { parseJson } from '../wire/json/parse.ts';
import { createJsonReader } from '../wire/json/read.ts';
import { createJsonWriter } from '../wire/json/write.ts';
import { cleanText, decimalText } from '../wire/scalars.ts';
import { openEnvelope } from '../wire/soap/envelope.ts';
import { createSoapReader } from '../wire/soap/read.ts';
import { decodeXml, parseXml } from '../wire/soap/tree.ts';
import { createSoapWriter } from '../wire/soap/write.ts';
import { damaged } from './support/damage.ts';

// What is written is read again as it was (spec billing 2.15, 12), and damage is refused and nothing else (12).

const ZONE = 'Europe/Moscow';
const registry = createRegistry(CATALOGUE, BINDINGS, ACTION_BINDINGS);
const served = (service: string) => {
  const found = registry.services.find((one) => one.service.name === service);
  if (!found) throw new Error(`there is no ${service}`);
  return found;
};

const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((value) => cleanText(value).replace(/\r/g, ''));
const day = fc
  .date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => Temporal.PlainDate.from(date.toISOString().slice(0, 10)));
const instant = day.map((date) => date.toZonedDateTime(ZONE).toInstant().add({ seconds: 3_661 }));
const SCALARS: Readonly<Record<Scalar, fc.Arbitrary<unknown>>> = {
  int: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  short: fc.integer({ min: -32_768, max: 32_767 }),
  byte: fc.integer({ min: -128, max: 127 }),
  long: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  float: fc.integer({ min: -1000, max: 1000 }),
  boolean: fc.boolean(),
  string: text,
  decimal: fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }).map((kopecks) => {
    const digits = String(kopecks < 0n ? -kopecks : kopecks).padStart(3, '0');
    return `${kopecks < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  }),
  date: day,
  dateTime: instant,
  base64Binary: fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  any: fc.constant(null),
};

/** Values that a face can tell apart: an absent list and an empty one are one to SOAP, and so are the texts that are none. */
function arbitrary(type: TypeRef, shapes: ReadonlyMap<string, Shape>, depth: number): fc.Arbitrary<unknown> {
  if ('scalar' in type) return SCALARS[type.scalar];
  if ('list' in type) return fc.array(arbitrary(type.list, shapes, depth), { minLength: 1, maxLength: 3 });
  const shape = shapes.get(type.bean)!;
  if (shape.bean.values) return fc.constantFrom(...shape.bean.values);
  if (depth > 2) return fc.constant(null);
  const variants = shape.bean.abstract ? shape.variants : [shape];
  const beanOf = (one: Shape): fc.Arbitrary<unknown> => {
    const overSoap = one.fields.filter(({ jsonOnly }) => !jsonOnly);
    return (
      fc
        .record(Object.fromEntries(one.fields.map((field) => [field.name, fieldValue(field, shapes, depth + 1)])))
        // A parameter without any content is none to SOAP, and one that must be given is refused then.
        .filter((fields) => depth > 0 || overSoap.length === 0 || overSoap.some(({ name }) => fields[name] !== null))
        .map((fields) => ({ $type: one.name, ...fields }))
    );
  };
  return variants.length === 0 ? fc.constant(null) : fc.oneof(...variants.map(beanOf));
}

function fieldValue(field: Field, shapes: ReadonlyMap<string, Shape>, depth: number): fc.Arbitrary<unknown> {
  const value = arbitrary(field.type, shapes, depth);
  if (field.required || 'list' in field.type) return depth > 2 && 'list' in field.type ? fc.constant(null) : value;
  return fc.option(value, { nil: null });
}

/** As both ends write amounts: 10.00 is 10. */
function normal(value: unknown, type: TypeRef, shapes: ReadonlyMap<string, Shape>): unknown {
  if (value === null || value === undefined) return null;
  if ('list' in type) {
    const items = (value as unknown[]).map((item) => normal(item, type.list, shapes)).filter((item) => item !== null);
    return items.length === 0 ? null : items;
  }
  if ('scalar' in type) {
    if (type.scalar === 'decimal') return decimalText(String(value));
    return value instanceof Temporal.Instant || value instanceof Temporal.PlainDate || Buffer.isBuffer(value) ? value.toString() : value;
  }
  if (typeof value !== 'object') return value;
  const { $type } = value as { $type: string };
  const shape = shapes.get($type)!;
  return {
    $type,
    ...Object.fromEntries(
      shape.fields.map((field) => [field.name, normal((value as Record<string, unknown>)[field.name], field.type, shapes)]),
    ),
  };
}

const WRITES = registry.services.flatMap(({ service, operations }) =>
  [...operations.values()]
    .filter(({ operation }) => operation.parameters.some(({ type }) => 'bean' in type))
    .map((one) => ({ name: `${service.name}.${one.operation.name}`, service: service.name, one })),
);

describe('what is written is read again', () => {
  test.each(WRITES)('$name over JSON and SOAP', ({ service, one }) => {
    const { shapes } = served(service);
    const { operation } = one;
    const parameters = operation.parameters.filter(({ jsonOnly }) => !jsonOnly);
    const values = fc.record(Object.fromEntries(parameters.map(({ name, type }) => [name, arbitrary(type, shapes, 0)])));
    const jsonWriter = createJsonWriter({ shapes }, ZONE);
    const jsonReader = createJsonReader({ shapes }, { timeZone: ZONE, strict: false });
    const soapWriter = createSoapWriter(served(service), ZONE);
    const soapReader = createSoapReader({ shapes }, ZONE);
    // The parameters as out-holders: that is how a value of theirs is written.
    const echo: ServedOperation = { ...one, operation: { ...operation, result: null, out: parameters } };
    const normalArguments = (args: Record<string, unknown>, soap: boolean) =>
      Object.fromEntries(parameters.map(({ name, type }) => [name, without(normal(args[name], type, shapes), shapes, soap)]));
    fc.assert(
      fc.property(values, (given) => {
        const json = parseJson(Buffer.from(jsonWriter.data(echo, null, given)));
        expect(normalArguments(jsonReader.arguments(one, json), false)).toEqual(normalArguments(given, false));
        const { wrapper } = openEnvelope(parseXml(soapWriter.response(echo, null, given, true)));
        expect(normalArguments(soapReader.arguments(one, wrapper), true)).toEqual(normalArguments(given, true));
      }),
      { numRuns: 15 },
    );
  });
});

/** Extra keys of JSON do not travel over SOAP; an object all of whose fields are absent is none there. */
function without(value: unknown, shapes: ReadonlyMap<string, Shape>, soap: boolean): unknown {
  if (!soap || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => without(item, shapes, soap)).filter((item) => item !== null);
    return items.length === 0 ? null : items;
  }
  const { $type } = value as { $type: string };
  const fields = (shapes.get($type)?.fields ?? []).filter(({ jsonOnly }) => !jsonOnly);
  const kept = Object.fromEntries(fields.map(({ name }) => [name, without((value as Record<string, unknown>)[name], shapes, soap)]));
  return Object.values(kept).every((one) => one === null) ? null : { $type, ...kept };
}

/** Runs it; only a refusal may come out. */
function refusedAtMost(body: () => unknown): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    expect(['BAD_REQUEST', 'MALFORMED_JSON']).toContain(error.code);
  }
}

describe('damage', () => {
  const { shapes } = served('ContractService');
  const operation = served('ContractService').operations.get('contractList')!;
  const RUNS = { numRuns: 3_000 };

  test('of JSON', () => {
    const reader = createJsonReader({ shapes }, { timeZone: ZONE, strict: false });
    const original =
      '{"method":"m","params":{"title":".*","fc":-1,"groupMask":0,"entityFilter":[{"type":"Text","entitySpecAttrIds":[1,2],"value":"я"},{"type":"Date","periodFrom":"2020-01-01T00:00:00Z"}],"closed":true,"page":{"pageIndex":1,"pageSize":25}}}';
    fc.assert(
      fc.property(damaged(original), (bytes) =>
        refusedAtMost(() => reader.arguments(operation, (parseJson(bytes) as { params?: unknown } | null)?.params)),
      ),
      RUNS,
    );
  });

  test('of XML', () => {
    const reader = createSoapReader({ shapes }, ZONE);
    const original =
      '<?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://www.w3.org/2001/XMLSchema-instance"><S:Header/><S:Body><n:contractList xmlns:n="urn:n"><title>.*&amp;</title><fc>-1</fc><entityFilter x:type="n:filterEntityAttrText" entitySpecAttrIds="1 2" value="я"/><page pageIndex="1" pageSize="25"/><!-- c --><![CDATA[d]]></n:contractList></S:Body></S:Envelope>';
    fc.assert(
      fc.property(damaged(original), (bytes) =>
        refusedAtMost(() => reader.arguments(operation, openEnvelope(parseXml(decodeXml(bytes, 'text/xml'))).wrapper)),
      ),
      RUNS,
    );
  });

  test('of forms', () => {
    const original = 'module=contract&action=ContractInfo&cid=12&date1=01.02.2020&value=12%2C5&title=%D0%AF+%CF&flag=1&ids=1,%202';
    fc.assert(
      fc.property(damaged(original), (bytes) =>
        refusedAtMost(() => {
          const args = actionArgs(mergeParams('', bytes), ZONE);
          for (const name of ['cid', 'date1', 'value', 'title', 'flag', 'ids'])
            for (const read of [args.text, args.int, args.day, args.money, args.flag, args.ints, args.rowId])
              refusedAtMost(() => read(name));
        }),
      ),
      RUNS,
    );
  });

  test('answers are well-formed whatever was stored', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (stored) => {
        const out = createXmlWriter();
        out.root({ id: stored });
        out.element('a', { b: stored }, stored);
        out.table([{ title: stored }]);
        const tree = parseXml(out.document());
        const clean = cleanText(stored);
        expect(tree.children[0]?.attributes[0]?.value).toBe(clean);
        expect(tree.children[0]?.text).toBe(clean);
      }),
      { numRuns: 500 },
    );
  });
});
