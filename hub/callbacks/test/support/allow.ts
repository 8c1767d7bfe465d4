import type { QueryResultRow } from 'pg';
import { createTestDatabase } from '../../../../test/support/database.ts';
import type { Database } from '../../../core/database/database.ts';
import { run, type Value } from '../../../core/database/statement.ts';
import type { Caller } from '../../../core/identity/caller.ts';
import type { AllowAct } from '../../allowed-address.ts';
import { changeAllowState } from '../../change-allow-state.ts';
import { addAllowEntry, createAllowRequest, type NewAllowInput } from '../../create-allow-request.ts';
import type { AddressPolicy } from '../../guard/address-policy.ts';
import type { AllowRow } from '../../sql/allow.ts';
import { policyOf } from './guard.ts';

const callerOf = (login: string, ...rights: readonly string[]): Caller => ({
  login,
  rights,
  face: 'rest',
  address: '192.0.2.7',
  requestId: 'r-1',
});

/** The parties of spec 6.5: a client of organization 12, the agent of the same, support, and the machine's administrator. */
export const CLIENT = callerOf('client', 'callbacks.allow.request@12', 'callbacks.read@12');
export const AGENT = callerOf('agent', 'callbacks.allow.forward@12', 'callbacks.allow.request@12', 'callbacks.read@12');
export const SUPPORT = callerOf('support', 'callbacks.*');
export const STRANGER = callerOf('stranger', 'callbacks.*@13');
export const MACHINE: Caller = { ...callerOf('cli:root', '*'), face: 'cli' };

export interface AllowBench {
  readonly url: string;
  readonly database: Database;
  request(caller: Caller, input: NewAllowInput, policy?: AddressPolicy): Promise<AllowRow>;
  add(caller: Caller, input: NewAllowInput, policy?: AddressPolicy): Promise<AllowRow>;
  act(caller: Caller, id: number, act: AllowAct, about?: { reason?: string; version?: number }): Promise<AllowRow>;
  rows<R extends QueryResultRow>(text: string, values?: readonly Value[]): Promise<R[]>;
  /** Events published since the last call. */
  events(): Promise<{ type: string; subject: string | null; data: Record<string, unknown> }[]>;
  /** Audit rows written since the last call. */
  audits(): Promise<{ login: string; action: string; object: string; before: unknown; after: unknown; reason: string | null }[]>;
  /** Makes the hub have so many enabled operators. */
  operators(count: number): Promise<void>;
  drop(): Promise<void>;
}

export async function openAllowBench(): Promise<AllowBench> {
  const test = await createTestDatabase();
  const { database } = test;
  let seenEvent = 0;
  let seenAudit = 0;
  const rows: AllowBench['rows'] = async <R extends QueryResultRow>(text: string, values: readonly Value[] = []) =>
    (await run<R>(database.work, text, values)).rows;
  const bench: AllowBench = {
    url: test.url,
    database,
    rows,
    request: (caller, input, policy = policyOf()) =>
      database.transaction((tx) => createAllowRequest(tx, caller, policy, { reason: 'SAP of the client', ...input })),
    add: (caller, input, policy = policyOf()) =>
      database.transaction((tx) => addAllowEntry(tx, caller, policy, { reason: 'SAP of the client', ...input })),
    act: (caller, id, act, about = {}) => database.transaction((tx) => changeAllowState(tx, caller, { id, act, ...about })),
    async events() {
      const found = await rows<{ id: number; type: string; subject: string | null; data: Record<string, unknown> }>(
        'SELECT id, type, subject, data FROM event WHERE id > $1 ORDER BY id',
        [seenEvent],
      );
      seenEvent = found.at(-1)?.id ?? seenEvent;
      return found.map(({ id: _, ...event }) => event);
    },
    async audits() {
      const found = await rows<{
        id: number;
        login: string;
        action: string;
        object: string;
        before: unknown;
        after: unknown;
        reason: string | null;
      }>('SELECT id, login, action, object, before, after, reason FROM audit WHERE id > $1 ORDER BY id', [seenAudit]);
      seenAudit = found.at(-1)?.id ?? seenAudit;
      return found.map(({ id: _, ...entry }) => entry);
    },
    async operators(count) {
      await rows('DELETE FROM operator');
      for (let at = 0; at < count; at += 1) {
        await rows(`INSERT INTO operator (login, display_name, password_hash) VALUES ($1, $1, 'x')`, [`operator-${at}`]);
      }
    },
    drop: test.drop,
  };
  await bench.operators(3);
  return bench;
}

/** A bench address: every call another host, so that tests do not meet. */
let hosts = 0;
export const newHost = (): string => {
  hosts += 1;
  return `h${hosts}.example.com`;
};
