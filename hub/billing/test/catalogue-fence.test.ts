import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../core/database/statement.ts';
import { toHubError } from '../../core/errors.ts';
import { ACTION_BINDINGS, BINDINGS } from '../catalogue/bindings.ts';
import { CATALOGUE } from '../catalogue/catalogue.ts';
import type { Call } from '../catalogue/descriptor.ts';
import { operationExamples } from '../catalogue/examples.ts';
import { createRegistry, type ServedAction, type ServedOperation, type ServedService } from '../catalogue/registry.ts';
import { type Fence, OPEN_FENCE } from '../fence.ts';
import { actionArgs } from '../wire/action/args.ts';
import { createXmlWriter } from '../wire/action/xml-writer.ts';
import { createJsonReader } from '../wire/json/read.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';
import { MARK, seedCatalogue } from './support/catalogue-seed.ts';

// Spec 2.15, number 11: an operator never receives a row outside the fence, by any operation; and changes none.

const ZONE = 'Europe/Moscow';
const registry = createRegistry(CATALOGUE, BINDINGS, ACTION_BINDINGS);
/** Contract 1 has group 1; who must have group 2 sees it nowhere. Its rows all have the number 1, too. */
const FENCE = { ...OPEN_FENCE, someOf: 4n };

/** Searches that would find contract 1 if there were no fence. */
const EVERYTHING = { title: '.*', comment: MARK, fc: -1, groupMask: 0, entityFilter: null, page: null };
const SEARCHES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'ContractService.contractList': { ...EVERYTHING, contractId: null, labels: null },
  'ContractService.contractList0': EVERYTHING,
};
const ACTION_SEARCHES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'contract/FilterContract': { filter: '0', type: '-1', contractMask: '.*', contractComment: MARK, pageSize: '10' },
  'contract/FindContract': { type: 'c1', parameters: '', parameter: MARK, pageSize: '10' },
};

let bench: BillingBench;
let everyRow: string;
beforeAll(async () => {
  bench = await openBilling();
  await seedCatalogue(bench);
  const tables = await bench.rows<{ name: string }>(
    `SELECT c.table_name AS name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
     WHERE c.table_schema = current_schema() AND c.column_name = 'contract_id' AND t.table_type = 'BASE TABLE' ORDER BY 1`,
  );
  expect(tables.length).toBeGreaterThan(15);
  everyRow = tables
    .map(({ name }) => `SELECT '${name}' || to_jsonb(x)::text AS row FROM ${name} x WHERE contract_id = 1`)
    .join(' UNION ALL ');
});
afterAll(() => bench.stop());

const UNDONE = new Error('undone');
interface Seen {
  answer?: string;
  error?: unknown;
  changed: boolean;
}

/** Runs something behind the fence, looks whether a row of contract 1 changed, and undoes it. */
async function behindFence(body: (call: Call) => Promise<string>, moduleId?: number, fence: Fence = FENCE): Promise<Seen> {
  let seen: Seen = { changed: false };
  await bench.database
    .transaction(async (tx) => {
      const rows = async () => JSON.stringify((await run<{ row: string }>(tx, `${everyRow} ORDER BY 1`)).rows);
      const before = await rows();
      const call: Call = { ...bench.act({ operatorId: 1, fence }), db: tx, tx, profile: '7', moduleId };
      try {
        seen = { answer: await body(call), changed: false };
      } catch (error) {
        // A failed statement ends the transaction: nothing can have changed.
        seen = { error, changed: false };
        throw UNDONE;
      }
      seen.changed = (await rows()) !== before;
      throw UNDONE;
    })
    .catch((error: unknown) => {
      if (error !== UNDONE) throw error;
    });
  return seen;
}

const textOf = (value: unknown): string => JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)) ?? '';

const OPERATIONS = registry.services.flatMap((service) =>
  [...service.operations].flatMap(([name, operation]) =>
    operation.run ? [[`${service.service.name}.${name}`, service, operation] as const] : [],
  ),
);
const ACTIONS = registry.actions.flatMap((action) =>
  action.run ? [[`${action.action.module}/${action.action.name}`, action] as const] : [],
);

function callOperation(
  place: string,
  service: ServedService,
  { operation, run: runOperation }: ServedOperation,
  fence?: Fence,
): Promise<Seen> {
  const params = { ...JSON.parse(operationExamples(service, operation).json).params, ...SEARCHES[place] };
  const reader = createJsonReader(service, { timeZone: ZONE, strict: false });
  return behindFence(
    async (call) => textOf(await runOperation?.(call, reader.arguments({ operation, run: runOperation, right: '' }, params))),
    service.service.name === 'NPayService' ? 1 : 2,
    fence,
  );
}

const DAYS = new Set(['date', 'date1', 'date2']);
function callAction(place: string, { action, run: runAction }: ServedAction, fence?: Fence): Promise<Seen> {
  const pairs = new Map(
    action.parameters.map(({ name }) => [name, ACTION_SEARCHES[place]?.[name] ?? (DAYS.has(name) ? '16.03.2026' : '1')]),
  );
  return behindFence(
    async (call) => {
      const out = createXmlWriter();
      await runAction?.(call, actionArgs(pairs, ZONE), out);
      return out.document();
    },
    undefined,
    fence,
  );
}

/** @param namesContract whether the call says that it is about contract 1 */
function expectNothing({ answer, error, changed }: Seen, namesContract: boolean): void {
  expect(changed).toBe(false);
  expect(answer ?? '').not.toContain(MARK);
  if (namesContract) expect(error === undefined ? `answered ${answer}` : 'refused').toBe('refused');
  if (error !== undefined) expect(toHubError(error).code).not.toBe('INTERNAL');
}

describe('behind the fence, no operation', () => {
  test.each(OPERATIONS)('%s', async (place, service, served) => {
    const { parameters } = served.operation;
    const names = parameters.filter(({ optional }) => !optional).flatMap(({ name, aliases }) => [name, ...aliases]);
    expectNothing(await callOperation(place, service, served), names.includes('contractId') || names.includes('cid'));
  });
});

describe('behind the fence, no action', () => {
  test.each(ACTIONS)('%s', async (place, served) => {
    const named = served.action.parameters.some(({ name, optional }) => name === 'cid' && !optional);
    expectNothing(await callAction(place, served), named);
  });
});

// So that the tests above cannot pass by asking for what is not there.
describe('without the fence, the same calls show and change the contract', () => {
  test.each(Object.keys(SEARCHES))('%s finds it', async (place) => {
    const [, service, served] = OPERATIONS.find(([name]) => name === place) ?? expect.fail(place);
    expect((await callOperation(place, service, served, OPEN_FENCE)).answer).toContain(MARK);
  });

  test.each(Object.keys(ACTION_SEARCHES))('%s finds it', async (place) => {
    const [, served] = ACTIONS.find(([name]) => name === place) ?? expect.fail(place);
    expect((await callAction(place, served, OPEN_FENCE)).answer).toContain('id="1"');
  });

  test('so do most of those that name it', async () => {
    let telling = 0;
    for (const [place, service, served] of OPERATIONS) {
      const { answer, changed } = await callOperation(place, service, served, OPEN_FENCE);
      if (changed || (answer ?? '').includes(MARK)) telling += 1;
    }
    for (const [place, served] of ACTIONS) {
      const { answer, changed } = await callAction(place, served, OPEN_FENCE);
      if (changed || (answer ?? '').includes(MARK)) telling += 1;
    }
    expect(telling).toBeGreaterThan(70);
  });
});
