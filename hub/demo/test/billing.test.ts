import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { loadConfiguration } from '../../config.ts';
import { type Hub, startHub } from '../../hub.ts';
import { playBilling } from '../billing.ts';
import { createBillingClient } from '../billing-client.ts';
import { addLogin } from '../login.ts';
import { openReceiver, type Receiver } from '../receiver.ts';
import { createRest } from '../rest.ts';
import type { Stage } from '../stage.ts';
import { speaker } from '../texts.ts';

let database: TestDatabase;
let folder: string;
let hub: Hub;
let accountings: Readonly<Record<'ru' | 'en', Receiver>>;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'vestnik-demo-billing-'));
  accountings = { ru: await openReceiver(() => 200), en: await openReceiver(() => 200) };
  const environment = {
    VESTNIK_DATA_FOLDER: folder,
    VESTNIK_DATABASE__URL: database.url,
    VESTNIK_HTTP__PORT: '0',
    VESTNIK_TICKETS__FEED_PORT: '0',
    VESTNIK_ALERTS__LINE__PORT: '0',
    VESTNIK_CALLBACKS__EXACT_ADDRESSES: `${accountings.ru.host},${accountings.en.host}`,
  };
  hub = await startHub(loadConfiguration({ cwd: folder, environment }));
});
afterAll(async () => {
  await hub?.stop();
  await Promise.all(Object.values(accountings ?? {}).map((receiver) => receiver.stop()));
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** A stage that keeps the details it is told. */
function quietStage(lines: string[]): Stage {
  const keep = (text: string): void => {
    lines.push(text);
  };
  return { step: (_, body) => body(), detail: keep, live: keep, table: () => undefined, text: keep };
}

test.each(['ru', 'en'] as const)(
  'locked by its debt, unlocked by the last kopeck in one transaction, paid once, each told once (%s)',
  async (language) => {
    const lines: string[] = [];
    const login = `desk-${language}`;
    const origin = hub.addresses['http'] ?? '';
    const administrator = hub.administrator ?? { login: '', password: '' };
    const verdict = await playBilling({
      stage: quietStage(lines),
      say: speaker(language),
      language,
      rest: createRest(origin, administrator.login, administrator.password, language),
      accounting: accountings[language],
      origin,
      login,
      async operator(name, rights) {
        await addLogin(hub, name, 'demo-password', rights);
        return 'demo-password';
      },
      database: hub.ground.database,
    });
    expect(verdict).toMatchObject({ good: true, calls: 16, balance: '0.00', callbacks: 4 });
    expect(verdict.told).toBeLessThan(15_000);
    const [locked, short, paid, unlocked] = accountings[language].received.map(({ body }) => JSON.parse(body));
    expect([locked.status, short.amount, paid.amount, unlocked.status]).toEqual([3, '589.99', '0.01', 0]);
    expect(unlocked.payment).toBeGreaterThan(0);
    const said = lines.join('\n');
    expect(said).toContain(language === 'ru' ? 'title="Д-00001"' : 'title="C-00001"');
    expect(said).toContain('590.00 - ');
    // Every placeholder has got its value.
    expect(said).not.toMatch(/\{\w+\}/);
  },
);

test('what the billing refuses is told in its own words, whichever protocol said it', async () => {
  await addLogin(hub, 'nobody', 'demo-password', []);
  const client = createBillingClient(hub.addresses['http'] ?? '', 'nobody', 'demo-password');
  await expect(client.action('contract', 'ContractInfo', { cid: '1' })).rejects.toThrow(/contract\/ContractInfo was answered .*Нет прав/);
  const service = 'ru.bitel.bgbilling.kernel.contract.balance/PaymentService';
  await expect(client.json(service, 'paymentGet', { paymentId: 1 })).rejects.toThrow(/paymentGet was answered .*Нет прав/);
  await expect(client.soap(service, 'http://x/', 'paymentGet', '')).rejects.toThrow(/paymentGet was answered .*Нет прав/);
  expect(client.calls).toBe(3);
});
