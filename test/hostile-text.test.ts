import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFailed, test, vi } from 'vitest';
import type { Air } from '../hub/tickets/control/schema.ts';
import { fullAir, fullMessage, fullSale, type TextSource } from '../hub/tickets/test/full-documents.ts';
import { createXmlValidator } from '../hub/tickets/xml/validate.ts';
import { readTickets } from '../protocol/reader/read-tickets.ts';
import { type ClientProcess, openClient } from './support/client-process.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { createFolder } from './support/folder.ts';
import { createHubProcess, type HubProcess } from './support/hub-process.ts';
import { asNow } from './support/operations.ts';
import { rest } from './support/rest.ts';

/** Hostile text in every field that reaches the XML or a file name, from the POST to the folder (spec 7.6, 9.2). */
const PATIENCE = { timeout: 30_000, interval: 10 };
const folder = createFolder('hostile');
let store: TestDatabase;
let hub: HubProcess;
/** Names files as the hub says. */
let plain: ClientProcess;
/** Names files after what cashiers typed. */
let trusting: ClientProcess;
/** Wants them in windows-1251. */
let old: ClientProcess;
beforeAll(async () => {
  store = await createTestDatabase();
  hub = createHubProcess({ folder: folder.at('hub'), databaseUrl: store.url });
  await hub.start();
  plain = await openClient(hub, { name: 'plain', folder: folder.at('plain') });
  trusting = await openClient(hub, { name: 'trusting', folder: folder.at('trusting'), more: ['-file_name', '{pnr}.{number}.{seq}.xml'] });
  old = await openClient(hub, { name: 'old', folder: folder.at('old'), more: ['-encoding', 'windows-1251'] });
  for (const client of [plain, trusting, old]) client.start();
});
afterAll(async () => {
  await Promise.all([plain, trusting, old].map((client) => client?.stop()));
  await hub?.stop();
  await store?.drop();
  folder.remove();
});

/** Pieces that break a careless writer, reader, shell, terminal, query or file system. */
const HOSTILE = [
  ']]><!--',
  '</FIO><FIO>',
  '&amp;&lt;&#65;',
  '<!DOCTYPE x [',
  `"'\`$(id)`,
  "'; DROP TABLE x;--",
  '../../../etc/x',
  'C:\\..\\CON',
  '$\u007bjndi:ldap}',
  '%00%2e%2e%2f',
  '{{7*7}}<%=1%>',
  'Ёжик №1 — «ъ»',
  '𝒜🛫́‮e',
  '\ufeff\u2028\u2029x',
  'a\u00a0b\u202fc',
  'null',
  '__proto__',
  'AUX',
] as const;

/** The next piece for each field, cut to its length, never beginning or ending with a space that a reader would trim. */
function hostileSource(start: number): TextSource {
  let at = start;
  return (max, name) => {
    if (name === 'PT') return 'ПС';
    at += 1;
    const text = HOSTILE[at % HOSTILE.length] ?? '';
    return Array.from(`x${text}`).slice(0, max).join('').toWellFormed();
  };
}

const files = (client: ClientProcess): string[] => client.files();

test('names are safe and flat, content is valid, the same everywhere, and comes back equal', async () => {
  onTestFailed(() => void process.stderr.write(`--- hub\n${hub.tail()}\n--- client\n${trusting.tail()}\n`));
  const validator = createXmlValidator();
  const around = readdirSync(folder.path).sort();
  const sent = new Map<string, Air>();
  let documents = 0;
  for (const [round] of HOSTILE.entries()) {
    const sale = fullSale(hostileSource(round));
    const unique = sale.documents.map((document, at) => {
      const { type, number } = document as Air;
      // Every number is new; paper tickets may carry slashes.
      const fresh = type === 'TICKET' ? `61/БТ-/${round}/${at}/X` : `${number.slice(0, -3)}${at}${String(round).padStart(2, '0')}`;
      const made = { ...(document as Air), number: fresh };
      if ('carrier' in made) sent.set(fresh.replaceAll('-', ''), made);
      return made;
    });
    const { body } = await rest(hub, 'POST', '/tickets/operations', asNow({ ...sale, documents: unique }, `hostile-${round}`)).expect(201);
    documents += body.documents.length;
  }
  const ticket = fullMessage('issue', [fullAir('ETICKET', 'issued', '4214200099999')]);
  for (const [at, pnr] of HOSTILE.entries()) {
    const text = pnr.slice(0, 20).toWellFormed().trim();
    const document = { ...fullAir('ETICKET', 'issued', `42142001${String(at).padStart(5, '0')}`), pnr: text, pnrLatin: text };
    await rest(hub, 'POST', '/tickets/operations', asNow({ ...ticket, documents: [document] }, `pnr-${at}`)).expect(201);
    documents += 1;
  }
  await vi.waitUntil(() => [plain, trusting, old].every((client) => files(client).length === documents), PATIENCE);

  for (const client of [plain, trusting, old]) {
    for (const file of files(client)) {
      expect(file).toMatch(/^[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,119}$/);
      expect(file).toMatch(/\.xml$/);
      expect(file).not.toMatch(/^(CON|PRN|AUX|NUL|COM\d|LPT\d)(\.|$)/i);
    }
    expect(new Set(files(client).map((file) => file.toLowerCase())).size).toBe(documents);
    // Nothing lies beside the files, and nothing outside of the folder.
    expect(
      readdirSync(client.storage)
        .filter((name) => name !== '.stat_client')
        .sort(),
    ).toEqual(files(client));
    expect(readdirSync(client.folder).sort()).toEqual(
      ['Client.out', 'Client.out.lock', 'Stat_Client.conf', 'ca.crt', 'console.out', `${client.name}.pem`, 'xml'].sort(),
    );
  }
  expect(readdirSync(folder.path).sort()).toEqual(around);

  const texts = (client: ClientProcess): Map<string, object> => {
    const found = new Map<string, object>();
    for (const file of files(client)) {
      const { documents: read, counts } = readTickets(readFileSync(join(client.storage, file)), file);
      expect([file, read.length, counts.error, counts.warning]).toEqual([file, 1, 0, 0]);
      const { fareCalc, endorsements, tourCode, pnr, conjunction, agencyInfo, passengers, number, type } = read[0] ?? {};
      found.set(`${type} ${number}`, { fareCalc, endorsements, tourCode, pnr, conjunction, agencyInfo, fio: passengers?.[0]?.fio });
    }
    return found;
  };
  const [fromPlain, fromTrusting, fromOld] = [plain, trusting, old].map(texts);
  expect(fromPlain?.size).toBe(documents);
  expect(fromTrusting).toEqual(fromPlain);
  // Characters that windows-1251 lacks are references there, and the same characters again when read.
  expect(fromOld).toEqual(fromPlain);
  for (const { type, number, fareCalc, endorsements, tourCode, pnr, conjunction, agencyInfo, passenger } of sent.values()) {
    const expected = { fareCalc, endorsements, tourCode, pnr, conjunction, agencyInfo, fio: passenger.fio };
    expect([number, fromPlain?.get(`${type} ${number.replaceAll('-', '')}`)]).toEqual([number, expected]);
  }
  for (const file of files(plain)) {
    const [type = ''] = file.replace(/^\d{8}-\d{6}-\d{9}-/, '').split('-SALE-');
    expect(validator.validate(readFileSync(join(plain.storage, file)), type as Air['type'])).toEqual([]);
  }
  validator.dispose();
  expect((await plain.ask('-inspect', plain.storage)).code).toBe(0);
  // The hub and its database are as they were.
  await rest(hub, 'GET', '/tickets/operations?limit=5').expect(200);
  for (const client of [plain, trusting, old]) expect(client.log()).not.toContain(' ERROR ');
});
