import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addOperator } from '../hub/core/identity/add-operator.ts';
import { SYSTEM } from '../hub/core/identity/caller.ts';
import { findProgram } from '../scripts/setup/programs.mjs';
import { type CallbacksHub, openCallbacksHub } from './support/callbacks-hub.ts';
import { requires } from './support/requires.ts';

/** The clients of `examples/billing-client` as a stranger runs them: programs of their own, an operator with the rights of their page and no others. */
const EXAMPLES = fileURLToPath(new URL('../examples/billing-client/', import.meta.url));
const LOGIN = 'desk';
const PASSWORD = 'pass"word\\ кассы';

/** The rights that the page of the examples gives the operator: what is shown there is what is tried here. */
const RIGHTS = [...readFileSync(join(EXAMPLES, 'README.md'), 'utf8').matchAll(/--right (billing\.\S+)/g)].map(([, right = '']) => right);

let hub: CallbacksHub;
let parameter: number;
let paymentType: number;
beforeAll(async () => {
  hub = await openCallbacksHub([]);
  const { identity } = hub.hub;
  const password = await identity.hashPassword(PASSWORD);
  await identity.change((tx) => addOperator(tx, SYSTEM, { login: LOGIN, displayName: 'Касса', password, rights: RIGHTS }, identity.rights));
  const { work } = hub.database.database;
  const made = await work.query({
    text: "INSERT INTO billing_parameter (kind, title) VALUES (1, 'Паспорт') RETURNING parameter_id AS id",
    values: [],
  });
  parameter = (made.rows[0] as { id: number }).id;
  paymentType = await asAdministrator<number>('PaymentService', 'paymentTypeUpdate', {
    paymentType: { title: 'Касса', type: 0, editable: true },
  });
});
afterAll(() => hub?.stop());

async function asAdministrator<T>(service: 'PaymentService', method: string, params: object): Promise<T> {
  const answer = await fetch(`${hub.http}/executer/json/ru.bitel.bgbilling.kernel.contract.balance/${service}`, {
    method: 'POST',
    headers: { authorization: hub.authorization },
    body: JSON.stringify({ method, params }),
  });
  const { status, message, data } = (await answer.json()) as { status: string; message: string; data: { return: T } };
  expect(status, message).toBe('ok');
  return data.return;
}

async function newContract(title: string): Promise<number> {
  const query = new URLSearchParams({ module: 'contract', action: 'NewContract', title, authToSession: '0' });
  const answer = await fetch(`${hub.http}/executer?${query}`, { headers: { authorization: hub.authorization } });
  const id = /<contract id="(\d+)"/.exec(await answer.text())?.[1];
  expect(id).toBeDefined();
  return Number(id);
}

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const start = (program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { ...process.env, VESTNIK_LOGIN: LOGIN, VESTNIK_PASSWORD: PASSWORD, ...environment };
    execFile(program, args, { env, timeout: 30_000 }, (error, out, err) =>
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : -1) : 0, out, err }),
    );
  });

const CLIENTS = [
  { file: 'client.ts', needs: [], who: 'TypeScript', last: 'balance: 100.50', refusals: ['BGMessageException', 'data'] },
  { file: 'client.py', needs: ['python3'], who: 'Python', last: 'balance: 100.50', refusals: ['BGMessageException', 'data'] },
  { file: 'soap_zeep.py', needs: ['python3-zeep'], who: 'zeep', last: 'payments in all: 100.50', refusals: ['BGMessageException'] },
  { file: 'soap_suds.py', needs: ['python3-suds'], who: 'suds', last: 'payments in all: 100.50', refusals: ['BGMessageException'] },
  {
    file: 'client.php',
    needs: ['php', 'php-soap', 'php-curl'],
    who: 'PHP',
    last: 'payments: 1, in all 100.50',
    refusals: ['BGMessageException', 'BGMessageException'],
  },
] as const;

for (const { file, needs, who, last, refusals } of CLIENTS) {
  const program = (): string => (needs.length === 0 ? process.execPath : (findProgram(needs.at(-1) ?? 'python3') ?? ''));
  const run = (args: readonly (string | number)[], environment?: Readonly<Record<string, string>>): Promise<Ended> =>
    start(program(), [join(EXAMPLES, file), ...args.map(String)], environment);

  requires(...needs).describe(file, () => {
    test('finds a contract, sets a parameter, pays once however often it asks, changes the status, and shows what a refusal is', async () => {
      const title = `0123/Ю (${who}) & "сыновья"`;
      const id = await newContract(title);
      const first = await run([hub.http, title, parameter, paymentType, `desk-${who}`]);
      expect(first, first.err).toMatchObject({ code: 0, err: '' });
      const payment = /payment first: (\d+)/.exec(first.out)?.[1];
      expect(first.out.trimEnd().split('\n')).toEqual([
        `contract ${id}: ${title}, status 0`,
        `parameter ${parameter}: ${who} & Ко`,
        `payment first: ${payment}`,
        `payment again: ${payment}`,
        'status: 4',
        'status: 0',
        last,
        ...refusals.map((name) => `refused: ${name}: Договор не найден: 999999999`),
      ]);
      // Another run with the same name of the payment, as after a crash of the desk.
      const again = await run([hub.http, title, parameter, paymentType, `desk-${who}`]);
      expect(again.out).toBe(first.out);
    }, 60_000);

    test('a refusal ends with 1 and its words, a wrong call with 2, a hub that is away with 75', async () => {
      const title = `Отказ ${who}`;
      await newContract(title);
      expect(await run([hub.http, title, parameter, 999, 'x'])).toMatchObject({
        code: 1,
        err: expect.stringContaining('Тип не найден: 999'),
      });
      expect(await run([hub.http, title, parameter, paymentType, 'x'], { VESTNIK_PASSWORD: 'wrong' })).toMatchObject({
        code: 1,
        err: expect.stringContaining('Неправильный пароль.'),
      });
      expect(await run([hub.http])).toMatchObject({ code: 2, err: expect.stringContaining('EXTERNAL_ID') });
      expect(await run(['http://127.0.0.1:1', title, parameter, paymentType, 'x'])).toMatchObject({ code: 75 });
    }, 60_000);
  });
}

requires('curl', 'jq').describe('client.sh', () => {
  const run = (args: readonly (string | number)[], environment?: Readonly<Record<string, string>>): Promise<Ended> =>
    start(join(EXAMPLES, 'client.sh'), args.map(String), environment);

  test('goes the same way over all three protocols, and shows the same refusal in each', async () => {
    const title = '0123/Ю (curl) & "сыновья"';
    const id = await newContract(title);
    const { code, out, err } = await run([hub.http, title, parameter, paymentType, 'desk-curl']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const payment = /payment first: (\d+)/.exec(out)?.[1];
    expect(out.split('\n').slice(0, 6)).toEqual([
      `contract ${id}: ${title}, status 0`,
      `parameter ${parameter}: curl & Ко`,
      `payment first: ${payment}`,
      `payment again: ${payment}`,
      'status: 4',
      'status: 0',
    ]);
    expect(out).toContain('<faultstring>Договор не найден: 999999999</faultstring>');
    expect(out).toContain('<data status="error">Договор не найден: 999999999</data>');
    expect(out).toContain('"exception":"ru.bitel.bgbilling.common.BGMessageException"');
  });

  test('a refusal ends with 1 and its words, a wrong call with 2, a hub that is away with 75', async () => {
    await newContract('Отказ curl');
    const args = ['Отказ curl', parameter, paymentType, 'x'];
    expect(await run([hub.http, 'Отказ curl', parameter, 999, 'x'])).toMatchObject({
      code: 1,
      err: 'client.sh: BGMessageException: Тип не найден: 999\n',
    });
    expect(await run([hub.http, ...args], { VESTNIK_PASSWORD: 'wrong' })).toMatchObject({
      code: 1,
      err: 'client.sh: BGMessageException: Неправильный пароль.\n',
    });
    expect((await run([hub.http])).code).toBe(2);
    expect((await run(['http://127.0.0.1:1', ...args])).code).toBe(75);
  });
});
