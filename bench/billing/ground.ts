import type { HubPeer } from '../hub/hub-peer.ts';

/** What every part of the bench stands on. */
export interface Ground {
  readonly hub: HubPeer;
  readonly connections: number;
  readonly seconds: number;
  readonly turns: number;
}

export const JSON_PATH = '/executer/json/ru.bitel.bgbilling.kernel.contract.api/ContractService';
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
