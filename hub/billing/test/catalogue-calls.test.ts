import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toHubError } from '../../core/errors.ts';
import { ACTION_BINDINGS, BINDINGS } from '../catalogue/bindings.ts';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import type { Answer, Operation, Parameter, TypeRef } from '../catalogue/descriptor.ts';
import { operationExamples } from '../catalogue/examples.ts';
import { createRegistry, type ServedOperation, type ServedService } from '../catalogue/registry.ts';
import { parseJson } from '../wire/json/parse.ts';
import { createJsonReader } from '../wire/json/read.ts';
import { createJsonWriter } from '../wire/json/write.ts';
import { openEnvelope } from '../wire/soap/envelope.ts';
import { createSoapReader } from '../wire/soap/read.ts';
import { parseXml } from '../wire/soap/tree.ts';
import { createSoapWriter } from '../wire/soap/write.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';
import { seedCatalogue } from './support/catalogue-seed.ts';
import { answerFaults } from './support/conformity.ts';
import { NEEDY, type Params, workingParams } from './support/operation-needs.ts';
import { tryCall, ZONE } from './support/undone-call.ts';

/** The root of the tree is no service: it holds only what names it. */
const PARTIAL: ReadonlySet<string> = new Set(['InetServService.inetServTree']);

const registry = createRegistry(CATALOGUE, BINDINGS, ACTION_BINDINGS);
const SERVED = registry.services.flatMap((served) =>
  [...served.operations].flatMap(([name, operation]) =>
    operation.run ? [[`${served.service.name}.${name}`, served, operation] as const] : [],
  ),
);

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling();
  await seedCatalogue(bench);
});
afterAll(() => bench.stop());

describe('what is served is what the catalogue says is', () => {
  test('every operation and action of tier 1 is bound, and none of tier 2', () => {
    const operations = registry.services.flatMap(({ operations: all }) => [...all.values()]);
    const wrong = [
      ...operations.filter(({ operation, run }) => (operation.tier === 1) !== (run !== undefined)).map(({ right }) => right),
      ...registry.actions.filter(({ action, run }) => (action.tier === 1) !== (run !== undefined)).map(({ right }) => right),
    ];
    expect(wrong).toEqual([]);
    expect(SERVED).toHaveLength(144);
  });

  test('no need of this test is left over', () => {
    expect(NEEDY.filter((name) => !SERVED.some(([place]) => place === name))).toEqual([]);
  });
});

describe('answers are of the shapes that the catalogue gives them', () => {
  test.each(SERVED)('%s', async (place, served, operation) => {
    const { answer, error } = await tryCall(bench, served, operation, workingParams(served, operation));
    expect(error).toBeUndefined();
    const faults = answerFaults(served, operation.operation, answer);
    expect(faults.filter((fault) => !(PARTIAL.has(place) && fault.endsWith(': is missing')))).toEqual([]);
  });
});

/** The answer of an operation as if it were what another takes: so the readers of requests read answers, too. */
function asRequest({ operation, ...served }: ServedOperation): ServedOperation {
  const value = operation.result ? [{ name: 'return', type: operation.result }] : [];
  const parameters = [...value, ...operation.out].map(
    (one): Parameter => ({ ...one, optional: true, identifies: false, aliases: [], doc: operation.doc }),
  );
  return { ...served, operation: { ...operation, parameters } };
}

/** Values of type any, and beans that others without a word in JSON may stand for: SOAP tells their class, JSON does not. */
const holdsUntold = ({ shapes }: ServedService, { result }: Operation): boolean => {
  const look = (type: TypeRef, seen: readonly string[]): boolean => {
    if ('scalar' in type) return type.scalar === 'any';
    if ('list' in type) return look(type.list, seen);
    if (seen.includes(type.bean)) return false;
    const variants = shapes.get(type.bean)?.variants ?? [];
    if (variants.some(({ name, bean }) => name !== type.bean && bean.discriminator === undefined)) return true;
    return (shapes.get(type.bean)?.fields ?? []).some((field) => !field.jsonOnly && look(field.type, [...seen, type.bean]));
  };
  return result !== null && look(result, []);
};

/** What both protocols tell: no extra keys of JSON, and nothing is the same as an empty list. */
function common({ shapes }: ServedService, value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? null : value.map((one) => common({ shapes } as ServedService, one));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const extra = new Set(
    shapes
      .get(String((value as Params)['$type']))
      ?.fields.filter(({ jsonOnly }) => jsonOnly)
      .map(({ name }) => name),
  );
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !extra.has(key))
      .map(([key, one]) => [key, common({ shapes } as ServedService, one)]),
  );
}

describe('JSON and SOAP tell the same of an answer', () => {
  const reading = SERVED.filter(([, served, { operation }]) => operation.result !== null && !holdsUntold(served, operation));

  test.each(reading)('%s', async (_place, served, operation) => {
    const { answer, error } = await tryCall(bench, served, operation, workingParams(served, operation));
    expect(error).toBeUndefined();
    const { value, out } = operation.operation.out.length > 0 ? (answer as Answer) : { value: answer, out: {} };
    const asked = asRequest(operation);
    const json = parseJson(Buffer.from(createJsonWriter(served, ZONE).data(operation, value, out)));
    const soap = openEnvelope(parseXml(createSoapWriter(served, ZONE).response(operation, value, out, true))).wrapper;
    const byJson = createJsonReader(served, { timeZone: ZONE, strict: false }).arguments(asked, json);
    const bySoap = createSoapReader(served, ZONE).arguments(asked, soap);
    expect(common(served, bySoap)).toEqual(common(served, byJson));
    if (value !== null && !(Array.isArray(value) && value.length === 0)) expect(byJson['return']).not.toBeNull();
  });
});

describe('whatever numbers and texts come, a refusal is of the table of errors', () => {
  const HOSTILE: readonly (readonly [string, (value: unknown) => unknown])[] = [
    ['nothing', () => null],
    ['zero', (value) => (typeof value === 'string' ? '' : 0)],
    ['minus one', (value) => (typeof value === 'string' ? `'; DROP TABLE contract; --` : -1)],
    ['the greatest', (value) => (typeof value === 'string' ? '\\((['.repeat(40) : 2_147_483_647)],
    ['999', (value) => (typeof value === 'string' ? '%_%' : 999)],
  ];
  const change = (value: unknown, with_: (value: unknown) => unknown, key = ''): unknown => {
    if (Array.isArray(value)) return value.map((one) => change(one, with_));
    // Objects stay objects, and their class stays told.
    if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, change(one, with_, name)]));
    return key === 'type' && typeof value === 'string' ? value : with_(value);
  };

  test.each(HOSTILE)('%s', async (_name, with_) => {
    const defects: string[] = [];
    for (const [place, served, operation] of SERVED) {
      const params = JSON.parse(operationExamples(served, operation.operation).json).params as Params;
      const { error } = await tryCall(bench, served, operation, change(params, with_));
      if (error !== undefined && toHubError(error).code === 'INTERNAL')
        defects.push(`${place}: ${error instanceof Error ? error.message : String(error)}`);
    }
    expect(defects).toEqual([]);
  });
});
