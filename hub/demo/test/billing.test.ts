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
import type { Stage } from '../stage.ts';
import { speaker } from '../texts.ts';

let database: TestDatabase;
let folder: string;
let hub: Hub;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'vestnik-demo-billing-'));
  const environment = {
    VESTNIK_DATA_FOLDER: folder,
    VESTNIK_DATABASE__URL: database.url,
    VESTNIK_HTTP__PORT: '0',
    VESTNIK_TICKETS__FEED_PORT: '0',
  };
  hub = await startHub(loadConfiguration({ cwd: folder, environment }));
});
afterAll(async () => {
  await hub?.stop();
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

test.each(['ru', 'en'] as const)('locked by its debt, unlocked by the last kopeck in one transaction, paid once (%s)', async (language) => {
  const lines: string[] = [];
  const login = `desk-${language}`;
  const verdict = await playBilling({
    stage: quietStage(lines),
    say: speaker(language),
    origin: hub.addresses['http'] ?? '',
    login,
    async operator(name, rights) {
      await addLogin(hub, name, 'demo-password', rights);
      return 'demo-password';
    },
    database: hub.ground.database,
  });
  expect(verdict).toEqual({ good: true, calls: 16, balance: '0.00' });
  const said = lines.join('\n');
  expect(said).toContain(language === 'ru' ? 'title="Д-00001"' : 'title="C-00001"');
  expect(said).toContain('590.00 - ');
  // Every placeholder has got its value.
  expect(said).not.toMatch(/\{\w+\}/);
});

test('what the billing refuses is told in its own words, whichever protocol said it', async () => {
  await addLogin(hub, 'nobody', 'demo-password', []);
  const client = createBillingClient(hub.addresses['http'] ?? '', 'nobody', 'demo-password');
  await expect(client.action('contract', 'ContractInfo', { cid: '1' })).rejects.toThrow(/contract\/ContractInfo was answered .*Нет прав/);
  const service = 'ru.bitel.bgbilling.kernel.contract.balance/PaymentService';
  await expect(client.json(service, 'paymentGet', { paymentId: 1 })).rejects.toThrow(/paymentGet was answered .*Нет прав/);
  await expect(client.soap(service, 'http://x/', 'paymentGet', '')).rejects.toThrow(/paymentGet was answered .*Нет прав/);
  expect(client.calls).toBe(3);
});
