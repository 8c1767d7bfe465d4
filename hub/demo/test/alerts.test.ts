import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { type MailSink, startMailSink } from '../../alerts/mail-sink/mail-sink.ts';
import { createSmsc, type Smsc } from '../../alerts/smsc/smsc.ts';
import { loadConfiguration } from '../../config.ts';
import { type Hub, startHub } from '../../hub.ts';
import { answers, CENTRE, playAlerts } from '../alerts.ts';
import { createRest } from '../rest.ts';
import type { Stage } from '../stage.ts';
import { speaker } from '../texts.ts';

let database: TestDatabase;
let folder: string;
let hub: Hub;
let smsc: Smsc;
let mails: MailSink;
const say = speaker('en');
beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), 'vestnik-demo-alerts-'));
  smsc = createSmsc({ accounts: [CENTRE], reply: ({ to }) => (answers(to) ? say('alertsReply') : undefined) });
  await smsc.start();
  mails = await startMailSink();
  const environment = {
    VESTNIK_DATA_FOLDER: folder,
    VESTNIK_DATABASE__URL: database.url,
    VESTNIK_HTTP__PORT: '0',
    VESTNIK_TICKETS__FEED_PORT: '0',
    VESTNIK_ALERTS__LINE__PORT: '0',
  };
  hub = await startHub(loadConfiguration({ cwd: folder, environment }));
});
afterAll(async () => {
  await hub?.stop();
  await smsc?.stop();
  await mails?.stop();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

test('two hundred people are told once each by SMS and by mail, three of four confirm, and the report is a file', async () => {
  const lines: string[] = [];
  const keep = (text: string): void => {
    lines.push(text);
  };
  const stage: Stage = { step: (_, body) => body(), detail: keep, live: keep, table: () => undefined, text: keep };
  const { login, password } = hub.administrator ?? { login: '', password: '' };
  const rest = createRest(hub.addresses['http'] ?? '', login, password, 'en');
  const verdict = await playAlerts({ stage, say, language: 'en', rest, smsc, mails, folder });
  expect(verdict).toMatchObject({ good: true, told: 200, confirmed: 150 });
  expect(lines.join('\n')).toContain('Officer No. ');
  expect(readFileSync(verdict.report, 'utf8')).toMatch(/<dt>Confirmed<\/dt><dd dir="auto">150<\/dd>[\s\S]*<\/html>/);
  expect(statSync(join(folder, 'report.xlsx')).size).toBeGreaterThan(5_000);
}, 60_000);
