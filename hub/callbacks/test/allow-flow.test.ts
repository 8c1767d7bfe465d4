import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HubError } from '../../core/errors.ts';
import { checkAllowed } from '../check-allowed.ts';
import { expireAllowEntries, warnAllowRequests, workingDayBefore } from '../expire-allow-entries.ts';
import { listAllows } from '../list-allow-entries.ts';
import { AGENT, type AllowBench, CLIENT, MACHINE, newHost, openAllowBench, STRANGER, SUPPORT } from './support/allow.ts';
import { policyOf, verdictOf } from './support/guard.ts';

let bench: AllowBench;
beforeAll(async () => {
  bench = await openAllowBench();
});
afterAll(() => bench.drop());
beforeEach(async () => {
  await bench.operators(3);
  await bench.events();
  await bench.audits();
});

async function failure(act: Promise<unknown>): Promise<HubError> {
  const error = await act.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof HubError) return error;
  throw new Error('expected a HubError', { cause: error });
}
const judged = async (address: string, organizationId: number | null = 12) =>
  verdictOf(await checkAllowed(bench.database.work, policyOf(), address, organizationId));

describe('the way of the source: client, agent, support', () => {
  test('each step is stored, audited and told to the next party; the address is open only at the end, and closed by the revocation', async () => {
    const host = newHost();
    const asked = await bench.request(CLIENT, { address: `https://${host}/in/@{OuterId}?x=@EventType` });
    expect(asked).toMatchObject({
      state: 'requested',
      scheme: 'https',
      host,
      port: 443,
      pathPrefix: '/in',
      organizations: [12],
      createdBy: 'client',
      version: 1,
    });
    expect(await judged(`https://${host}/in/1`)).toBe('3 address_not_allowed');
    const id = asked.allowId;
    expect(await bench.act(AGENT, id, 'forward')).toMatchObject({ state: 'forwarded', forwardedBy: 'agent', version: 2 });
    expect(await judged(`https://${host}/in/1`)).toBe('3 address_not_allowed');
    expect(await bench.act(SUPPORT, id, 'approve')).toMatchObject({
      state: 'approved',
      approvedBy: 'support',
      forwardedBy: 'agent',
      version: 3,
    });
    expect([await judged(`https://${host}/in/1`), await judged(`https://${host}/in/1`, 13), await judged(`https://${host}/out`)]).toEqual([
      'permitted',
      '3 address_not_allowed',
      '3 address_not_allowed',
    ]);
    expect(await bench.act(SUPPORT, id, 'revoke', { reason: 'the contract has ended' })).toMatchObject({
      state: 'revoked',
      stepReason: 'the contract has ended',
    });
    expect(await judged(`https://${host}/in/1`)).toBe('3 address_not_allowed');

    const steps = ['requested', 'forwarded', 'approved', 'revoked'];
    const events = await bench.events();
    expect(events.map(({ type }) => type)).toEqual(steps.map((step) => `vestnik.callbacks.allow.${step}`));
    expect(events.map(({ data }) => data['notify'])).toEqual([['agent'], ['support'], ['client', 'agent'], ['client', 'agent']]);
    expect(events[0]).toMatchObject({
      subject: `allow/${id}`,
      data: {
        allow_id: id,
        address: `https://${host}/in`,
        organizations: [12],
        state: 'requested',
        by: 'client',
        reason: 'SAP of the client',
      },
    });
    const audits = await bench.audits();
    expect(audits.map(({ login, action, object }) => [login, action, object])).toEqual([
      ['client', 'callbacks.allow.requested', String(id)],
      ['agent', 'callbacks.allow.forwarded', String(id)],
      ['support', 'callbacks.allow.approved', String(id)],
      ['support', 'callbacks.allow.revoked', String(id)],
    ]);
    expect(audits[3]).toMatchObject({
      before: { state: 'approved' },
      after: { state: 'revoked', address: `https://${host}/in` },
      reason: 'the contract has ended',
    });
  });

  test('an end is an end; the same address can be asked for again', async () => {
    const address = `https://${newHost()}`;
    const first = await bench.request(CLIENT, { address });
    await bench.act(AGENT, first.allowId, 'reject', { reason: 'not our client' });
    for (const act of ['forward', 'approve', 'reject', 'revoke'] as const) {
      expect(await failure(bench.act(SUPPORT, first.allowId, act, { reason: 'x' }))).toMatchObject({
        code: 'CONFLICT',
        reason: 'bad_state',
      });
    }
    expect((await bench.request(CLIENT, { address })).allowId).toBeGreaterThan(first.allowId);
  });

  test('one open or approved line for one address', async () => {
    const address = `https://${newHost()}/in`;
    const first = await bench.request(CLIENT, { address });
    const again = await failure(bench.request(CLIENT, { address: `${address}/` }));
    expect(again).toMatchObject({ code: 'CONFLICT', reason: 'already_listed' });
    expect(again.message).toContain(`entry ${first.allowId}, requested`);
    await bench.request(STRANGER, { address });
  });
});

describe('who may do what', () => {
  test.each([
    ['forward', CLIENT, 'callbacks.allow.forward'],
    ['approve', CLIENT, 'callbacks.allow.approve'],
    ['approve', AGENT, 'callbacks.allow.approve'],
    ['revoke', AGENT, 'callbacks.allow.approve'],
  ] as const)('%s is not for %o', async (act, caller, right) => {
    const { allowId } = await bench.request(CLIENT, { address: `https://${newHost()}` });
    const error = await failure(bench.act(caller, allowId, act, { reason: 'x' }));
    expect(error.code).toBe('FORBIDDEN');
    expect(error.message).toContain(right);
  });

  test('the agent rejects a new request, and no longer one that support has', async () => {
    const { allowId } = await bench.request(CLIENT, { address: `https://${newHost()}` });
    await bench.act(AGENT, allowId, 'forward');
    expect((await failure(bench.act(AGENT, allowId, 'reject', { reason: 'x' }))).code).toBe('FORBIDDEN');
    expect((await bench.act(SUPPORT, allowId, 'reject', { reason: 'x' })).state).toBe('rejected');
  });

  test('a line of another organization is not there, for reading, either', async () => {
    const host = newHost();
    const { allowId } = await bench.request(CLIENT, { address: `https://${host}` });
    expect((await failure(bench.act(STRANGER, allowId, 'forward'))).code).toBe('NOT_FOUND');
    const seen = async (caller: typeof CLIENT) =>
      (await listAllows(bench.database.work, caller, { states: ['requested'], host, limit: 10 })).items.map((item) => item.allow_id);
    expect([await seen(CLIENT), await seen(AGENT), await seen(SUPPORT), await seen(STRANGER)]).toEqual([
      [allowId],
      [allowId],
      [allowId],
      [],
    ]);
  });

  test('nobody asks for other organizations, or for all with a limited right', async () => {
    expect((await failure(bench.request(CLIENT, { address: `https://${newHost()}`, organizations: [13] }))).code).toBe('FORBIDDEN');
    expect((await bench.request(CLIENT, { address: `https://${newHost()}` })).organizations).toEqual([12]);
    expect((await bench.request(SUPPORT, { address: `https://${newHost()}` })).organizations).toEqual([]);
  });

  test('who asked does not approve; where there is one operator, or on the command line, they do', async () => {
    const { allowId } = await bench.request(SUPPORT, { address: `https://${newHost()}` });
    await bench.act(SUPPORT, allowId, 'forward');
    expect(await failure(bench.act(SUPPORT, allowId, 'approve'))).toMatchObject({ code: 'CONFLICT', reason: 'second_person' });
    expect(await failure(bench.add(SUPPORT, { address: `https://${newHost()}` }))).toMatchObject({ reason: 'second_person' });
    await bench.operators(1);
    expect((await bench.act(SUPPORT, allowId, 'approve')).state).toBe('approved');
    expect((await bench.add(SUPPORT, { address: `https://${newHost()}` })).state).toBe('approved');
    await bench.operators(3);
    expect(await bench.add(MACHINE, { address: `https://${newHost()}` })).toMatchObject({ state: 'approved', approvedBy: 'cli:root' });
  });

  test('a step meant for another version is refused, and so is an end without a reason', async () => {
    const { allowId } = await bench.request(CLIENT, { address: `https://${newHost()}` });
    expect(await failure(bench.act(AGENT, allowId, 'forward', { version: 2 }))).toMatchObject({ code: 'STALE_VERSION', reason: 'version' });
    expect(await failure(bench.act(AGENT, allowId, 'reject'))).toMatchObject({ code: 'VALIDATION', details: [{ path: '/reason' }] });
    expect((await bench.act(AGENT, allowId, 'forward', { version: 1 })).version).toBe(2);
  });

  test('two who decide at once: one step is taken', async () => {
    const { allowId } = await bench.request(CLIENT, { address: `https://${newHost()}` });
    await bench.act(AGENT, allowId, 'forward');
    const results = await Promise.allSettled([
      bench.act(SUPPORT, allowId, 'approve'),
      bench.act(SUPPORT, allowId, 'reject', { reason: 'x' }),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('what can be asked for', () => {
  test.each([
    ['https://A.Example.com.:443/', 'https', 'a.example.com', 443, ''],
    ['http://a.example.com:8080/x/y/', 'http', 'a.example.com', 8080, '/x/y'],
    ['https://пример.рф/вход', 'https', 'xn--e1afmkfd.xn--p1ai', 443, '/%D0%B2%D1%85%D0%BE%D0%B4'],
    ['https://*.client.example', 'https', '*.client.example', 443, ''],
    ['https://8.8.8.8/in', 'https', '8.8.8.8', 443, '/in'],
    ['https://[2606:4700::1111]/', 'https', '2606:4700::1111', 443, ''],
    ['https://b.example.com/in/../out', 'https', 'b.example.com', 443, '/out'],
    ['https://c.example.com/a/@{DIC:Команда}/b', 'https', 'c.example.com', 443, '/a'],
    ['  https://d.example.com/@id_Reserve ', 'https', 'd.example.com', 443, ''],
    ['https://e.example.com/user@x.ru/in', 'https', 'e.example.com', 443, ''],
  ])('%s', async (address, scheme, host, port, pathPrefix) => {
    expect(await bench.request(CLIENT, { address })).toMatchObject({ scheme, host, port, pathPrefix });
  });

  test.each([
    ['ftp://a.ru', 'VALIDATION'],
    ['a.ru', 'VALIDATION'],
    ['https://a.ru\\b', 'VALIDATION'],
    ['https://u:p@a.ru', 'VALIDATION'],
    ['https://a.ru:22', 'VALIDATION'],
    ['https://localhost', 'VALIDATION'],
    ['https://intranet', 'VALIDATION'],
    ['https://*.ru', 'VALIDATION'],
    ['https://*', 'VALIDATION'],
    ['https://a.*.example.com', 'VALIDATION'],
    ['https://*a.example.com', 'VALIDATION'],
    ['https://*.*.example.com', 'VALIDATION'],
    ['https://10.0.0.1', 'VALIDATION'],
    ['https://127.0.0.1', 'CONFLICT'],
    ['https://169.254.169.254', 'CONFLICT'],
    ['https://[::ffff:127.0.0.1]', 'CONFLICT'],
    ['', 'VALIDATION'],
    ['https://', 'VALIDATION'],
  ])('%s is refused with %s', async (address, code) => {
    expect((await failure(bench.request(CLIENT, { address }))).code).toBe(code);
  });

  test('a private address needs its network, in the entry and in the configuration; then it is open', async () => {
    const policy = policyOf({ networks: ['10.0.0.0/8'] });
    const address = 'https://10.0.0.7/in';
    expect((await failure(bench.request(CLIENT, { address }, policy))).code).toBe('VALIDATION');
    expect((await failure(bench.request(CLIENT, { address, networks: ['10.0.0.0/24'] }))).code).toBe('VALIDATION');
    const row = await bench.request(CLIENT, { address, networks: ['10.0.0.99/24'] }, policy);
    expect(row.networks).toEqual(['10.0.0.0/24']);
    await bench.act(AGENT, row.allowId, 'forward');
    await bench.act(SUPPORT, row.allowId, 'approve');
    const at = async (text: string) => verdictOf(await checkAllowed(bench.database.work, policy, text, 12));
    expect([await at(address), await at('https://10.0.0.8/in'), await judged(address)]).toEqual([
      'permitted',
      '3 address_not_allowed',
      '4 address_private',
    ]);
  });

  test.each([
    [{ networks: ['8.8.8.0/24'] }, '/networks/0'],
    [{ networks: ['0.0.0.0/0'] }, '/networks/0'],
    [{ valid_until: '2020-01-01T00:00:00Z' }, '/valid_until'],
    [{ valid_until: 'tomorrow' }, '/valid_until'],
    [{ reason: '' }, '/reason'],
    [{ reason: 'a\nb' }, '/reason'],
    [{ organizations: [0] }, '/organizations/0'],
    [{ nonsense: 1 }, '/nonsense'],
  ])('%j is refused', async (input, path) => {
    const error = await failure(bench.request(SUPPORT, { address: `https://${newHost()}`, ...input }));
    expect(error).toMatchObject({ code: 'VALIDATION', details: [{ path }] });
  });
});

describe('by the clock', () => {
  test('an entry ends at its instant, and is marked, audited and told once', async () => {
    const row = await bench.add(MACHINE, {
      address: `https://${newHost()}`,
      valid_until: Temporal.Now.instant().add({ hours: 1 }).toString(),
    });
    await bench.rows(`UPDATE callback_allow SET valid_until = now() - interval '1 second' WHERE allow_id = $1`, [row.allowId]);
    await bench.events();
    expect(await judged(`https://${row.host}/`)).toBe('3 address_not_allowed');
    const counts = await Promise.all([expireAllowEntries(bench.database), expireAllowEntries(bench.database)]);
    expect(counts.sort()).toEqual([0, 1]);
    expect(await bench.events()).toMatchObject([
      { type: 'vestnik.callbacks.allow.expired', data: { allow_id: row.allowId, state: 'expired', by: 'system' } },
    ]);
    expect(await bench.act(SUPPORT, row.allowId, 'revoke', { reason: 'x' }).catch((error: HubError) => error.reason)).toBe('bad_state');
  });

  test('a request that waits over one working day is told of once, and again after its next step', async () => {
    const { allowId } = await bench.request(CLIENT, { address: `https://${newHost()}` });
    await bench.events();
    const now = Temporal.Now.instant();
    const later = now.add({ hours: 24 * 4 });
    const toldOf = async (at: Temporal.Instant) => {
      await warnAllowRequests(bench.database, at);
      return (await bench.events()).filter(({ data }) => data['allow_id'] === allowId).map(({ type }) => type);
    };
    expect(await toldOf(now)).toEqual([]);
    expect(await toldOf(later)).toEqual(['vestnik.callbacks.allow.waiting']);
    expect(await toldOf(later)).toEqual([]);
    await bench.act(AGENT, allowId, 'forward');
    await bench.events();
    expect(await toldOf(later)).toEqual(['vestnik.callbacks.allow.waiting']);
  });

  test.each([
    ['2026-11-19T12:00:00Z', '2026-11-18T12:00:00Z'],
    ['2026-11-23T12:00:00Z', '2026-11-20T12:00:00Z'],
    ['2026-11-22T12:00:00Z', '2026-11-20T00:00:00Z'],
  ])('one working day before %s is %s', (now, before) => {
    expect(workingDayBefore(Temporal.Instant.from(now)).toString()).toBe(before);
  });
});
