import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HubError } from '../../core/errors.ts';
import { shownAllow } from '../list-allow-entries.ts';
import { verifyAllowOwnership } from '../verify-allow-ownership.ts';
import { createFetchProof } from '../wire/fetch-proof.ts';
import { lifetime } from '../wire/test/support/lifetime.ts';
import { plainAnswer } from '../wire/test/support/receiver.ts';
import { AGENT, type AllowBench, CLIENT, newHost, openAllowBench, STRANGER, SUPPORT } from './support/allow.ts';
import { policyOf } from './support/guard.ts';

const { receiver, bench: senderBench } = lifetime();
let bench: AllowBench;
beforeAll(async () => {
  bench = await openAllowBench();
});
afterAll(() => bench.drop());

/** The owner's server, which answers its well-known address with what `serve` says. */
async function owner(serve: () => string, status = '200 OK') {
  const target = await receiver((socket, request) => {
    const found = request.head.startsWith('GET /.well-known/vestnik-callback HTTP/1.1\r\n');
    plainAnswer(found ? status : '404 Not Found', found ? serve() : '')(socket, request);
  });
  const { sender } = senderBench({ entries: [], exact: [`127.0.0.1:${target.port}`] });
  const request = (address = `http://${newHost()}:${target.port}/in`) => bench.request(CLIENT, { address });
  return { target, request, fetchProof: createFetchProof(sender) };
}

const reasonOf = (act: Promise<unknown>) =>
  act.then(
    () => 'done',
    (error: HubError) => error.reason,
  );

test('a client serves the token, and the agent approves alone', async () => {
  let token = '';
  const { target, request, fetchProof } = await owner(() => `${token}\r\n`);
  const row = await request();
  const shown = shownAllow(row);
  expect(shown.proof).toEqual({
    url: `http://${row.host}:${target.port}/.well-known/vestnik-callback`,
    token: expect.stringMatching(/^vestnik-callback=[\w-]{43}$/),
    proven_at: null,
  });
  expect(await reasonOf(bench.act(AGENT, row.allowId, 'approve'))).toBeUndefined();

  expect(await reasonOf(verifyAllowOwnership(bench.database, CLIENT, row.allowId, fetchProof))).toBe('not_proven');
  token = shown.proof?.token ?? '';
  await bench.events();
  const proven = await verifyAllowOwnership(bench.database, CLIENT, row.allowId, fetchProof);
  expect(proven.provenAt).not.toBeNull();
  expect((await bench.events()).map(({ type }) => type)).toEqual(['vestnik.callbacks.allow.proven']);
  expect(await bench.act(AGENT, row.allowId, 'approve')).toMatchObject({ state: 'approved', approvedBy: 'agent' });
  expect(shownAllow(await bench.act(SUPPORT, row.allowId, 'revoke', { reason: 'x' })).proof).toBeNull();
});

describe('what is no proof', () => {
  test.each([
    ['another token', '200 OK', () => 'vestnik-callback=AAAA'],
    ['the token among other text', '200 OK', (token: string) => `x ${token}`],
    ['another status', '203 Non-Authoritative', (token: string) => token],
    ['a redirect', '302 Found', (token: string) => token],
  ])('%s', async (_, status, body) => {
    let token = '';
    const { request, fetchProof } = await owner(() => body(token), status);
    const row = await request();
    token = row.proofToken;
    expect(await reasonOf(verifyAllowOwnership(bench.database, AGENT, row.allowId, fetchProof))).toBe('not_proven');
  });

  test('a proof of more than a day ago', async () => {
    let token = '';
    const { request, fetchProof } = await owner(() => token);
    const row = await request();
    token = row.proofToken;
    await verifyAllowOwnership(bench.database, AGENT, row.allowId, fetchProof);
    await bench.rows(`UPDATE callback_allow SET proven_at = now() - interval '25 hours' WHERE allow_id = $1`, [row.allowId]);
    expect(await bench.act(AGENT, row.allowId, 'approve').catch((error: HubError) => error.code)).toBe('FORBIDDEN');
  });

  test('who asked does not approve with a proof, either', async () => {
    let token = '';
    const { target, fetchProof } = await owner(() => token);
    const row = await bench.request(AGENT, { address: `http://${newHost()}:${target.port}/` });
    token = row.proofToken;
    await verifyAllowOwnership(bench.database, AGENT, row.allowId, fetchProof);
    expect(await reasonOf(bench.act(AGENT, row.allowId, 'approve'))).toBe('second_person');
  });

  test('subdomains as a whole cannot be proven; strangers and ended requests do not begin', async () => {
    const { target, request, fetchProof } = await owner(() => 'x');
    const wide = await request('https://*.wide.example.com');
    expect(await reasonOf(verifyAllowOwnership(bench.database, AGENT, wide.allowId, fetchProof))).toBe('proof_wildcard');
    expect(await reasonOf(verifyAllowOwnership(bench.database, STRANGER, wide.allowId, fetchProof))).toBe('not_found');
    await bench.act(AGENT, wide.allowId, 'reject', { reason: 'x' });
    expect(await reasonOf(verifyAllowOwnership(bench.database, AGENT, wide.allowId, fetchProof))).toBe('bad_state');
    expect(target.received).toEqual([]);
  });

  test('the token is fetched through the guard: nothing is sent into a private network, named or not', async () => {
    const { sender, lookups } = senderBench({
      entries: [],
      networks: ['10.0.0.0/8'],
      names: () => ['10.0.0.5'],
      dial: () => {
        throw new Error('dialled');
      },
    });
    const row = await bench.request(
      CLIENT,
      { address: 'http://inner.example.com/in', networks: ['10.0.0.0/8'] },
      policyOf({ networks: ['10.0.0.0/8'] }),
    );
    expect(await reasonOf(verifyAllowOwnership(bench.database, CLIENT, row.allowId, createFetchProof(sender)))).toBe('not_proven');
    expect(lookups).toEqual(['inner.example.com']);
  });
});
