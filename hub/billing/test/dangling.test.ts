import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Transaction } from '../../core/database/statement.ts';
import type { Act } from '../act.ts';
import { changeContract } from '../change-contract.ts';
import { createContract } from '../create-contract.ts';
import { deleteEntry } from '../delete-entry.ts';
import { GROUPS } from '../directories/contract-marks.ts';
import type { Directory } from '../directories/directory.ts';
import { PARAMETER_GROUPS } from '../directories/parameter-groups.ts';
import { LIST_ITEMS, PARAMETERS } from '../directories/parameters.ts';
import { PATTERNS } from '../directories/patterns.ts';
import { TARIFF_OPTIONS } from '../directories/tariff-options.ts';
import { TARIFF_PLANS } from '../directories/tariff-plans.ts';
import { markContract } from '../mark-contract.ts';
import { addEntry, changeEntry } from '../save-entry.ts';
import { setParameter } from '../set-parameter.ts';
import { type BillingBench, openBilling } from './support/billing-bench.ts';

/** Two transactions at once: one begins to refer to an entry of a directory, the other deletes it. Whichever comes first, no number is left over. */

let bench: BillingBench;
beforeAll(async () => {
  bench = await openBilling(6);
});
afterAll(() => bench.stop());

type Work = (tx: Transaction, act: Act) => Promise<unknown>;

interface Reference {
  readonly directory: Directory;
  readonly id: number;
  /** Begins to refer to it. */
  readonly take: Work;
}

let groups = 0;
const newEntry = async (directory: Directory, input: object): Promise<number> =>
  (await bench.write((tx, act) => addEntry(tx, act, directory, input))).id;
const newGroup = (): Promise<number> => {
  groups += 1;
  return newEntry(GROUPS, { id: groups, title: `Группа ${groups}` });
};

const CASES: Readonly<Record<string, () => Promise<Reference>>> = {
  async 'a group that a contract takes'() {
    const [id, contract] = [await newGroup(), await bench.contract()];
    return { directory: GROUPS, id, take: (tx, act) => markContract(tx, act, contract, id, true) };
  },
  async 'a group that a pattern takes'() {
    const [id, pattern] = [await newGroup(), await newEntry(PATTERNS, { title: 'Шаблон' })];
    return { directory: GROUPS, id, take: (tx, act) => changeEntry(tx, act, PATTERNS, { id: pattern, change: { groups: [id] } }) };
  },
  async 'a parameter group that a contract takes'() {
    const [id, contract] = [await newEntry(PARAMETER_GROUPS, { title: 'Физлица' }), await bench.contract()];
    return { directory: PARAMETER_GROUPS, id, take: (tx, act) => changeContract(tx, act, contract, { parameterGroupId: id }) };
  },
  async 'an item of a list that a contract takes'() {
    const parameter = await newEntry(PARAMETERS, { title: 'Район', kind: 'list' });
    const id = await newEntry(LIST_ITEMS, { title: 'Север', parameter_id: parameter });
    const contract = await bench.contract();
    return { directory: LIST_ITEMS, id, take: (tx, act) => setParameter(tx, act, contract, parameter, { kind: 7, item: id }) };
  },
  async 'a tariff plan that an option is confined to'() {
    const id = await newEntry(TARIFF_PLANS, { title: 'Дом' });
    return { directory: TARIFF_PLANS, id, take: (tx, act) => addEntry(tx, act, TARIFF_OPTIONS, { title: 'Турбо', tariffs: [id] }) };
  },
};

/** A transaction that has done its work and waits to be let go. */
async function held(work: Work): Promise<{ commit(): Promise<unknown> }> {
  const [done, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const over = bench.write(async (tx, act) => {
    await work(tx, act);
    done.resolve();
    await go.promise;
  });
  await Promise.race([done.promise, over]);
  return {
    commit() {
      go.resolve();
      return over;
    },
  };
}

const somebodyWaits = async (): Promise<boolean> =>
  (await bench.rows("SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")).length > 0;

describe.each(Object.entries(CASES))('%s', (_, make) => {
  test('is not deleted by somebody who looked before the reference was there to see', async () => {
    const { directory, id, take } = await make();
    const taking = await held(take);
    const deleted = bench.refused((tx, act) => deleteEntry(tx, act, directory, { id }));
    await expect.poll(somebodyWaits).toBe(true);
    await taking.commit();
    expect(await deleted).toMatchObject({ code: 'CONFLICT' });
    expect(await directory.table.byId(bench.database.work, id)).toHaveLength(1);
  });

  test('is not taken by somebody who looked before it was gone', async () => {
    const { directory, id, take } = await make();
    const deleting = await held((tx, act) => deleteEntry(tx, act, directory, { id }));
    const taken = bench.refused(take);
    await expect.poll(somebodyWaits).toBe(true);
    await deleting.commit();
    expect((await taken).code).toMatch(/^(NOT_FOUND|BAD_REQUEST|VALIDATION)$/);
    expect(await directory.uses?.(bench.database.work, bench.act(), id)).toEqual([]);
  });
});

test('what a pattern refers to stays while a contract with a title of its own is made by it', async () => {
  const group = await newGroup();
  const pattern = await newEntry(PATTERNS, { title: 'С группой', groups: [group] });
  const making = await held((tx, act) => createContract(tx, act, { patternId: pattern, title: 'Ж-1' }));
  const changed = bench.write((tx, act) => changeEntry(tx, act, PATTERNS, { id: pattern, change: { groups: [] } }));
  await expect.poll(somebodyWaits).toBe(true);
  await making.commit();
  await changed;
  expect(await bench.refused((tx, act) => deleteEntry(tx, act, GROUPS, { id: group }))).toMatchObject({ reason: 'in_use' });
});

test('contracts are made by one pattern at once, with titles and with numbers', async () => {
  const pattern = await newEntry(PATTERNS, { title: 'Вместе', number_mask: 'В-NNN' });
  const made = Array.from({ length: 12 }, (_, at) =>
    bench.write((tx, act) => createContract(tx, act, { patternId: pattern, ...(at % 2 === 0 && { title: `Сам-${at}` }) })),
  );
  expect(new Set((await Promise.all(made)).map(({ title }) => title)).size).toBe(12);
});
