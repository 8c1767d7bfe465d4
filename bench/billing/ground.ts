import { type Database, openDatabase } from '@vestnik/hub/core/database/database.ts';
import type { HubPeer } from '../hub/hub-peer.ts';
import type { Request } from './load.ts';

/** What every part of the bench stands on. */
export interface Ground {
  readonly hub: HubPeer;
  readonly connections: number;
  readonly seconds: number;
  readonly turns: number;
}

export const JSON_PATH = '/executer/json/ru.bitel.bgbilling.kernel.contract.api/ContractService';
export const PAYMENT_PATH = '/executer/json/ru.bitel.bgbilling.kernel.contract.balance/PaymentService';
export const BALANCE_PATH = '/executer/json/ru.bitel.bgbilling.kernel.contract.balance/BalanceService';
export const JSON_HEADERS = { 'content-type': 'application/json' };

export const say = (text: string): void => void process.stdout.write(`${text}\n`);
export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Login and password of the administrator. */
export function administratorOf({ authorization }: HubPeer): { login: string; password: string } {
  const [login = '', password = ''] = Buffer.from(authorization.slice('Basic '.length), 'base64').toString().split(':');
  return { login, password };
}

/** Looks for pieces of text in an answer. */
export const holds =
  (...pieces: readonly string[]) =>
  (text: string): void => {
    for (const piece of pieces) if (!text.includes(piece)) throw new Error(`the answer lacks ${piece}: ${text.slice(0, 500)}`);
  };

/** Works on the hub's database beside it. */
export async function withDatabase<T>({ databaseUrl }: HubPeer, work: (database: Database) => Promise<T>): Promise<T> {
  const database = openDatabase({ url: databaseUrl, poolSize: 1, queuePoolSize: 1, name: 'bench' });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** A call by JSON as the administrator. */
export function administratorCall(hub: HubPeer): (path: string, method: string, params: object) => Request {
  const { login, password } = administratorOf(hub);
  return (path, method, params) => ({
    path,
    method: 'POST',
    headers: JSON_HEADERS,
    body: JSON.stringify({ method, user: { user: login, pswd: password }, params }),
  });
}
