import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACTION_BINDINGS, BINDINGS } from '../catalogue/bindings.ts';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import type { Answer } from '../catalogue/descriptor.ts';
import { operationExamples } from '../catalogue/examples.ts';
import { createRegistry, type ServedService } from '../catalogue/registry.ts';
import { registryOf } from '../catalogue/release-shapes.ts';
import { createSoapWriter, faultEnvelope } from '../wire/soap/write.ts';
import { wsdlOf } from '../wire/soap/wsdl.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';
import { seedCatalogue } from './support/catalogue-seed.ts';
import { workingParams } from './support/operation-needs.ts';
import { type PublishedSchema, publishedSchema } from './support/published-schema.ts';
import { tryCall, ZONE } from './support/undone-call.ts';

// The schema gate (spec billing 12): what is sent is what the WSDL says. Answers of the other tests go through it in support/faces.ts.

const registry = createRegistry(CATALOGUE, BINDINGS, ACTION_BINDINGS);
const RELEASES = (['7', '9.2501'] as const).map((profile) => ({ profile, services: registryOf(registry, profile).services }));
const SERVED = RELEASES.flatMap(({ profile, services }) =>
  services.flatMap((served) =>
    [...served.operations].flatMap(([name, operation]) =>
      operation.run ? [[profile, `${served.service.name}.${name}`, served, operation] as const] : [],
    ),
  ),
);

let bench: BillingBench;
const schemas = new Map<ServedService, PublishedSchema>();
const schemaOf = (served: ServedService): PublishedSchema => {
  const schema = schemas.get(served) ?? publishedSchema(wsdlOf(served)('http://127.0.0.1:1/x'));
  schemas.set(served, schema);
  return schema;
};
beforeAll(async () => {
  bench = await openBilling();
  await seedCatalogue(bench);
});
afterAll(async () => {
  for (const schema of schemas.values()) schema.dispose();
  await bench.stop();
});

describe('every answer is valid', () => {
  test.each(SERVED)('%s %s', async (_profile, _place, served, operation) => {
    const { answer, error } = await tryCall(bench, served, operation, workingParams(served, operation));
    expect(error).toBeUndefined();
    const { value, out } = operation.operation.out.length > 0 ? (answer as Answer) : { value: answer, out: {} };
    expect(schemaOf(served).faults(createSoapWriter(served, ZONE).response(operation, value, out, true))).toEqual([]);
  });
});

test.each(RELEASES)('every fault and every example of a request is valid in the release $profile', ({ services }) => {
  const wrong = services.flatMap((served) =>
    [...served.operations.values()].flatMap(({ operation }) => {
      const { name, faults } = operation;
      const messages = [
        operationExamples(served, operation).soap,
        ...faults.map((fault) =>
          faultEnvelope({ name: fault, message: 'Нет <прав> & "денег"', tag: 'a', side: 'server' }, served.service.namespace, true),
        ),
      ];
      return messages.flatMap((message) => schemaOf(served).faults(message)).map((why) => `${served.service.name}.${name}: ${why}`);
    }),
  );
  expect(wrong).toEqual([]);
});

test('the gate sees what is wrong', () => {
  const served = registry.services.find(({ service }) => service.name === 'PaymentService')!;
  const { faults } = schemaOf(served);
  const operation = served.operations.get('paymentGet')!;
  const payment = { id: 1, contractId: 2, typeId: 3, date: null, sum: '1.00', summa: '1.00', comment: 'x', userId: 4, timeChange: null };
  const right = createSoapWriter(served, ZONE).response(operation, payment, {}, true);
  expect(faults(right)).toEqual([]);
  for (const [from, to] of [
    ['contractId="2"', ''],
    ['contractId="2"', 'contractId="two"'],
    ['sum="1.00"', 'sum="1,00"'],
    ['<comment>', '<comments/><comment>'],
    ['ns1:paymentGetResponse', 'ns1:paymentGotResponse'],
    ['<S:Header/>', '<S:Footer/>'],
  ] as const) {
    const wrong = right.replaceAll(from, to);
    expect(wrong).not.toBe(right);
    expect(faults(wrong)).not.toEqual([]);
  }
});
