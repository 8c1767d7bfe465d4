#!/usr/bin/env node
/**
 * Calls the billing of a Vestnik hub over JSON, with a session over XML actions, as a portal does.
 *
 *     VESTNIK_LOGIN=desk VESTNIK_PASSWORD=... node client.ts http://HUB:8080 TITLE PARAMETER PAYMENT_TYPE EXTERNAL_ID
 *
 * The arguments, what it does and the exit codes are those of client.py beside it. Needs Node 22.18 or newer and nothing else.
 */
const CONTRACT = 'ru.bitel.bgbilling.kernel.contract.api/ContractService';
const STATUS = 'ru.bitel.bgbilling.kernel.contract.status/ContractStatusMonitorService';
const PAYMENT = 'ru.bitel.bgbilling.kernel.contract.balance/PaymentService';
const ACTIVE = 0;
const SUSPENDED = 4;

/** What the hub said no to; `name` is the class by which programs tell refusals apart. */
class Refused extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

interface Answer {
  readonly status: 'ok' | 'error';
  readonly message: string;
  readonly exception: string | null;
  readonly data: { readonly return?: unknown };
}

const [address, title, parameter, paymentType, externalId] = process.argv.slice(2);
const login = process.env['VESTNIK_LOGIN'];
const password = process.env['VESTNIK_PASSWORD'];
if (!address || !title || !parameter || !paymentType || !externalId || !login || !password) {
  process.stderr.write(
    'use: VESTNIK_LOGIN=... VESTNIK_PASSWORD=... node client.ts http[s]://HUB:PORT TITLE PARAMETER PAYMENT_TYPE EXTERNAL_ID\n',
  );
  process.exit(2);
}
const hub = `${address.replace(/\/$/, '')}/executer`;
const user = { user: login, pswd: password };

/** An operation over JSON. HTTP 200 says only that the call arrived; `status` says how it went. */
async function call<T>(service: string, method: string, params: object): Promise<T> {
  const body = JSON.stringify({ method, user, params });
  const response = await fetch(`${hub}/json/${service}`, { method: 'POST', body, signal: AbortSignal.timeout(30_000) });
  const answer = (await response.json()) as Answer;
  if (answer.status !== 'ok') throw new Refused(answer.exception?.split('.').at(-1) ?? '', answer.message);
  return answer.data.return as T;
}

/** The session that a first action with a password has opened: each answer carries the secret that the next call must show. */
const session = { cookie: '', secret: '' };

/** An XML action. @returns the text of the answer */
async function act(module: string, action: string, params: Readonly<Record<string, string>>): Promise<string> {
  const who = session.cookie === '' ? user : { BGBillingSecret: session.secret };
  const response = await fetch(hub, {
    method: 'POST',
    body: new URLSearchParams({ ...who, module, action, ...params }),
    headers: session.cookie === '' ? {} : { cookie: session.cookie },
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  session.cookie = response.headers.get('set-cookie')?.split(';')[0] ?? session.cookie;
  session.secret = /<data[^>]* secret="([0-9A-F]{32})"/.exec(text)?.[1] ?? '';
  const [, words] = /<data[^>]* status="error"[^>]*>([^<]*)/.exec(text) ?? [];
  if (words !== undefined) throw new Refused('data', words);
  return text;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const today = new Date().toISOString().slice(0, 10);

async function play(): Promise<void> {
  const contract = await call<{ id: number; title: string; status: number }>(CONTRACT, 'contractByTitle', { contractTitle: title });
  const contractId = contract.id;
  say(`contract ${contractId}: ${contract.title}, status ${contract.status}`);

  const attribute = { entitySpecAttrId: parameter, value: 'TypeScript & Ко' };
  await call(CONTRACT, 'contractParameterTextUpdate', { contractId, parameter: attribute });
  const { value } = await call<{ value: string }>(CONTRACT, 'contractParameterGet', { contractId, parameterId: parameter });
  say(`parameter ${parameter}: ${value}`);

  // An amount is sent as a text: a number of JavaScript is no money.
  const payment = { contractId, typeId: paymentType, date: today, sum: '100.50', comment: 'example', externalId };
  for (const attempt of ['first', 'again']) {
    const [paid] = await call<number[]>(PAYMENT, 'paymentUpdate', { payment });
    say(`payment ${attempt}: ${paid}`);
  }

  for (const statusId of [SUSPENDED, ACTIVE]) {
    await call(STATUS, 'changeContractStatus', { cid: [contractId], statusId, dateFrom: today, comment: 'example' });
    say(`status: ${(await call<{ status: number }>(CONTRACT, 'contractGet', { contractId })).status}`);
  }

  // Three actions, the password once.
  await act('contract', 'ContractInfo', { cid: String(contractId) });
  const info = await act('contract', 'ContractInfo', { cid: String(contractId) });
  say(`balance: ${/<balance[^>]* summa5="([^"]*)"/.exec(info)?.[1]}`);

  const refusals = [
    () => call(CONTRACT, 'contractGet', { contractId: 999_999_999 }),
    () => act('contract', 'ContractInfo', { cid: '999999999' }),
  ];
  for (const attempt of refusals) {
    await attempt().catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
      say(`refused: ${error.name}: ${error.message}`);
    });
  }
}

try {
  await play();
} catch (error) {
  if (error instanceof Refused) {
    process.stderr.write(`${error.name}: ${error.message}\n`);
    process.exit(1);
  }
  process.stderr.write(`the hub at ${address} is away: ${error instanceof Error ? error.message : error}\n`);
  process.exit(75);
}
