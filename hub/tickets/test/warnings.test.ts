import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { changeClientState } from '../change-client-state.ts';
import { issueCertificate } from '../issue-certificate.ts';
import { revokeCertificate } from '../revoke-certificate.ts';
import { warnCertificates } from '../warn-certificates.ts';
import { ageThreshold, warnMailboxes } from '../warn-mailboxes.ts';
import { ALICE, deliver, openWorkbench, storeDocuments, type Workbench } from './support/administration.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
});
afterAll(() => bench.drop());
beforeEach(async () => {
  // Each test has the warnings to itself.
  await bench.rows("UPDATE ticket_client SET state = 'closed'");
  await bench.events();
});

const ahead = (days: number, hours = 0) => Temporal.Now.instant().add({ hours: 24 * days + hours });
const close = (client: string) => bench.database.transaction((tx) => changeClientState(tx, ALICE, { client, act: 'close' }));

describe('warnings of mailboxes', () => {
  const warn = (now: Temporal.Instant, warnQueued = 10_000) =>
    warnMailboxes(bench.database, { now, warnAgeDays: [1, 7, 20, 27], warnQueued });
  const told = async () =>
    (await bench.events()).map(({ type, subject, data }) => [type, subject, data['reason'], data['days'] ?? data['limit']]);

  test('by age come once a threshold, skip those jumped over, and come again after the mailbox was emptied', async () => {
    const client = await bench.client({ name: 'aging' });
    await storeDocuments(bench.database, [client], ['A1']);
    await bench.events();
    expect(await warn(ahead(0, 23))).toBe(0);
    expect(await warn(ahead(1))).toBe(1);
    expect(await warn(ahead(6))).toBe(0);
    expect(await warn(ahead(21))).toBe(1);
    expect(await warn(ahead(26))).toBe(0);
    expect(await told()).toEqual([
      ['mailbox.warning', 'aging', 'age', 1],
      ['mailbox.warning', 'aging', 'age', 20],
    ]);
    await deliver(bench.database, client, 1);
    expect(await warn(ahead(26))).toBe(0);
    await storeDocuments(bench.database, [client], ['A2']);
    expect(await warn(ahead(2))).toBe(1);
    expect(await told()).toEqual([['mailbox.warning', 'aging', 'age', 1]]);
  });

  test('a client has thresholds of its own, none at all among them', async () => {
    const own = await bench.client({ name: 'own-age', warnAgeDays: [3] });
    const none = await bench.client({ name: 'no-age', warnAgeDays: [] });
    await storeDocuments(bench.database, [own, none], ['B1']);
    await bench.events();
    await warn(ahead(2));
    await warn(ahead(4));
    expect(await told()).toEqual([['mailbox.warning', 'own-age', 'age', 3]]);
  });

  test('by length come once, and again after it was short', async () => {
    const client = await bench.client({ name: 'long' });
    await storeDocuments(bench.database, [client], ['C1', 'C2']);
    await bench.events();
    const now = ahead(0);
    expect(await warn(now, 3)).toBe(0);
    await storeDocuments(bench.database, [client], ['C3']);
    expect(await warn(now, 3)).toBe(1);
    expect(await warn(now, 3)).toBe(0);
    expect(await told()).toEqual([['mailbox.warning', 'long', 'length', 3]]);
    await deliver(bench.database, client, 1);
    expect(await warn(now, 3)).toBe(0);
    await storeDocuments(bench.database, [client], ['C4']);
    expect(await warn(now, 3)).toBe(1);
  });

  test('two hubs at once warn once; a closed client warns nobody', async () => {
    const client = await bench.client({ name: 'twofold' });
    const shut = await bench.client({ name: 'shut' });
    await storeDocuments(bench.database, [client, shut], ['D1']);
    await close('shut');
    await bench.events();
    await Promise.all([warn(ahead(8)), warn(ahead(8)), warn(ahead(8))]);
    expect(await told()).toEqual([['mailbox.warning', 'twofold', 'age', 7]]);
  });

  test('the threshold is the highest that was passed', () => {
    const now = Temporal.Instant.from('2026-11-22T12:00:00Z');
    const at = (hours: number) => ageThreshold(now.subtract({ hours }), [20, 1, 7], now);
    expect([at(23), at(24), at(24 * 7), at(24 * 30), ageThreshold(null, [1], now)]).toEqual([0, 1, 7, 20, 0]);
  });
});

describe('warnings of certificates', () => {
  const warn = (now: Temporal.Instant) => warnCertificates(bench.database, { now, thresholds: [30, 14, 7, 1] });
  const issue = (client: string, days: number) =>
    bench.database.transaction((tx) => issueCertificate(tx, ALICE, bench.authority, { client, days }));
  const told = async () => (await bench.events()).map(({ type, subject, data }) => [type, subject, data['threshold'], data['renewed']]);

  test('come once a threshold, down to the last day', async () => {
    await bench.client({ name: 'ending' });
    const issued = await issue('ending', 40);
    await bench.events();
    for (const days of [5, 9, 11, 12, 25, 27, 34, 38, 39.5, 41]) await warn(Temporal.Now.instant().add({ hours: 24 * days }));
    expect(await told()).toEqual([30, 14, 7, 1].map((days) => ['certificate.expiring', 'ending', days, false]));
    expect(await bench.rows('SELECT warned_days FROM ticket_certificate WHERE fingerprint = $1', [issued.fingerprint])).toEqual([
      { warned_days: 1 },
    ]);
  });

  test('tell whether a longer one is there; not of revoked ones nor of closed clients', async () => {
    await bench.client({ name: 'renewed' });
    await issue('renewed', 20);
    await issue('renewed', 700);
    await bench.client({ name: 'revoked' });
    await issue('revoked', 20);
    await bench.database.transaction((tx) => revokeCertificate(tx, ALICE, { client: 'revoked', reason: 'x' }));
    await bench.client({ name: 'gone' });
    await issue('gone', 20);
    await close('gone');
    await bench.events();
    await Promise.all([warn(ahead(0)), warn(ahead(0))]);
    expect(await told()).toEqual([['certificate.expiring', 'renewed', 30, true]]);
  });
});
