import {
  administratorCall,
  administratorOf,
  BALANCE_PATH,
  type Ground,
  holds,
  JSON_PATH,
  median,
  PAYMENT_PATH,
  say,
  withDatabase,
} from './ground.ts';
import { load, type Way } from './load.ts';
import { addPayments, PAYMENTS_EACH, paymentType } from './money.ts';

/** What many payments cost: those of one contract, its balance, a new one, and the newest of everybody, among few and among very many (spec of billing 11). */
const FEW = 100_000;
/** One call after the other: the time of each counts, not how many go at once. */
const CALLERS = 1;
const GOAL = 1.25;

export async function manyPayments({ hub, seconds, turns }: Ground, many: number): Promise<void> {
  const { login, password } = administratorOf(hub);
  const few = Math.min(FEW, many) / PAYMENTS_EACH;
  const typeId = await withDatabase(hub, paymentType);
  const base = await withDatabase(hub, (database) => addPayments(database, typeId, 0, few));
  const today = Temporal.Now.plainDateISO();
  const call = administratorCall(hub);
  const place = (n: number): number => (n * 7919) % few;
  const contractId = (n: number): number => base + 1 + place(n);
  const action = (name: string, n: number, more = '') => ({
    path: `/executer?user=${encodeURIComponent(login)}&pswd=${encodeURIComponent(password)}&authToSession=0&module=contract&action=${name}&cid=${contractId(n)}${more}`,
    method: 'GET' as const,
    headers: {},
    body: null,
  });
  const rest = (path: string) => ({
    path: `/api/v1/billing${path}`,
    method: 'GET' as const,
    headers: { authorization: hub.authorization },
    body: null,
  });
  const day = today.toString().split('-').reverse().join('.');
  const ways: readonly (Way & { readonly goal?: number })[] = [
    {
      name: 'paymentList of a contract',
      address: hub.rest,
      request: (n) => call(PAYMENT_PATH, 'paymentList', { contractId: contractId(n), members: 0 }),
      check: holds('"status":"ok"', 'Платёж 19'),
      goal: GOAL,
    },
    {
      name: 'contractBalanceGet',
      address: hub.rest,
      request: (n) => call(BALANCE_PATH, 'contractBalanceGet', { contractId: contractId(n), year: today.year, month: today.month }),
      check: holds('"status":"ok"', '"payments":'),
      goal: GOAL,
    },
    {
      name: 'action ContractInfo',
      address: hub.rest,
      request: (n) => action('ContractInfo', n),
      check: holds('status="ok"', 'title="P-'),
      goal: GOAL,
    },
    {
      name: 'contractByTitle',
      address: hub.rest,
      request: (n) => call(JSON_PATH, 'contractByTitle', { contractTitle: `P-${String(1 + place(n)).padStart(8, '0')}` }),
      check: holds('"status":"ok"', '"title":"P-'),
      goal: GOAL,
    },
    {
      name: 'REST page of 50 of a contract',
      address: hub.rest,
      request: (n) => rest(`/payments?contract_id=${contractId(n)}&limit=50`),
      check: holds('"sum":"1'),
    },
    { name: 'REST newest 50 of everybody', address: hub.rest, request: () => rest('/payments?limit=50'), check: holds('"sum":"1') },
    {
      name: 'REST 50 of everybody of a month',
      address: hub.rest,
      request: () => rest(`/payments?limit=50&from=${today.subtract({ months: 9 })}&to=${today.subtract({ months: 8 })}`),
      check: holds('"sum":"1'),
    },
    // Last, because it adds rows.
    {
      name: 'action UpdateContractPayment',
      address: hub.rest,
      request: (n) => action('UpdateContractPayment', n, `&id=new&pt=${typeId}&date=${day}&summa=1.01&comment=bench`),
      check: holds('status="ok"'),
      goal: GOAL,
    },
  ];
  const measure = async (): Promise<number[]> => {
    const medians: number[] = [];
    for (const way of ways) {
      await load(way, CALLERS, 1);
      const p50s: number[] = [];
      for (let turn = 0; turn < turns; turn += 1) p50s.push((await load(way, CALLERS, seconds)).p50);
      medians.push(median(p50s));
    }
    return medians;
  };
  const before = await measure();
  const begun = performance.now();
  await withDatabase(hub, (database) => addPayments(database, typeId, few, many / PAYMENTS_EACH - few));
  const filled = (performance.now() - begun) / 1000;
  const after = await measure();
  say(
    `\nMedians among ${few * PAYMENTS_EACH} and ${many} payments (written in ${filled.toFixed(0)} s), one caller, ${seconds} s each, medians of ${turns} turns`,
  );
  for (const [at, { name, goal }] of ways.entries()) {
    const [small, large] = [before[at] ?? Number.NaN, after[at] ?? Number.NaN];
    const wanted = goal === undefined ? '' : ` (goal ${goal})`;
    say(`  ${name.padEnd(32)} ${small.toFixed(2)} ms, ${large.toFixed(2)} ms; ratio ${(large / small).toFixed(2)}${wanted}`);
  }
}
