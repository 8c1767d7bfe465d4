import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFailed, test, vi } from 'vitest';
import { parseOperation } from '../hub/tickets/control/parse.ts';
import { documentSchemas } from '../hub/tickets/control/schema.ts';
import {
  type DocumentSchemaType,
  documentFields,
  type Field,
  headFields,
  pointerOf,
  withValue,
} from '../hub/tickets/test/control-fields.ts';
import type { Message } from '../hub/tickets/test/control-messages.ts';
import { fullMessage, fullSale } from '../hub/tickets/test/full-documents.ts';
import { createXmlValidator } from '../hub/tickets/xml/validate.ts';
import { buildDocuments } from '../hub/tickets/xml/writer.ts';
import { readTickets } from '../protocol/reader/read-tickets.ts';
import { decodeWindows1251 } from '../protocol/windows1251.ts';
import { type ClientProcess, openClient } from './support/client-process.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { createFolder } from './support/folder.ts';
import { createHubProcess, type HubProcess } from './support/hub-process.ts';
import { asNow } from './support/operations.ts';
import { rest } from './support/rest.ts';

/**
 * Hostile text in every field of the control message (spec 2.2, 7.6, 9.2), from the POST to the folders of two real clients. The fields
 * come from the schema: a field that is added is tried without a change here.
 */
const PATIENCE = { timeout: 30_000, interval: 20 };
const folder = createFolder('hostile');
let store: TestDatabase;
let hub: HubProcess;
/** Names files as the hub says. */
let plain: ClientProcess;
/** Names files after what cashiers typed, and wants them in windows-1251. */
let trusting: ClientProcess;
beforeAll(async () => {
  store = await createTestDatabase();
  hub = createHubProcess({ folder: folder.at('hub'), databaseUrl: store.url });
  await hub.start();
  plain = await openClient(hub, { name: 'plain', folder: folder.at('plain'), more: ['-batch', '1000'] });
  const more = ['-file_name', '{pnr}.{number}.{seq}.xml', '-encoding', 'windows-1251', '-batch', '1000'];
  trusting = await openClient(hub, { name: 'trusting', folder: folder.at('trusting'), more });
  for (const client of [plain, trusting]) client.start();
});
afterAll(async () => {
  await Promise.all([plain, trusting].map((client) => client?.stop()));
  await hub?.stop();
  await store?.drop();
  folder.remove();
});

/** Texts that break a careless writer, reader, shell, terminal, query or file system. All differ, also without spaces and hyphens. */
const HOSTILE: readonly string[] = [
  // markup, entities, quotes
  ']]><!--',
  '</FIO><FIO>',
  '&amp;&lt;&#65;&x;',
  '<!DOCTYPE x [',
  '<?xml?>',
  `"'\`$(id)`,
  "'; DROP TABLE x;--",
  // paths and devices
  '../../x',
  '/etc/x',
  'C:\\..\\x',
  '..',
  'CON',
  'NUL.XML',
  'AUX-1/COM1',
  '%00%2e%2f',
  // what XML cannot carry
  'a\u0000b',
  'a\u001bb',
  'a\r\nb',
  'a\ud800',
  '\udc00b',
  'a\u0085b',
  '\ufffe',
  // what it can, and what windows-1251 cannot
  '\u202egpj.x\u202c',
  '\ufeffa\u2028b\u2029',
  'a\u00a0b\u202fc',
  '𝒜🛫́‍☠',
  'Ёжик №1 — «ъ»',
  'ＣＯＮ中文עב',
  // blanks, and words that mean something to a program
  ' a  b ',
  '   ',
  '__proto__',
  'null',
  '-',
  // lengths
  '',
  'X'.repeat(300),
  'Y'.repeat(20_000),
];
const HOSTILE_KEYS = ['__proto__', 'constructor', '</x>', 'a/b~c', '🛫\u202e', 'toString'];

/** Stands for any harmless value, to see where a field goes. One of these fits each field that takes more than a closed list. */
const MARKERS = ['Щ', 'ЩЩЩЩЩ', 'ZQZQZ', 'ZQZ'] as const;

const KINDS = [
  ['issue', 'issued'],
  ['refund', 'refunded'],
  ['void', 'voided'],
] as const;

interface Case {
  readonly id: string;
  readonly field: Field;
  readonly text: string;
  /** The same message with this value in the field instead of the hostile one. */
  message(value: string): Message;
}

const samples = new Map(fullSale().documents.map((document) => [(document as { type: DocumentSchemaType }).type, document as object]));
const types = Object.keys(documentSchemas) as DocumentSchemaType[];
const FAMILY = { AE_TICKET: 'aeroexpress', TRAIN_TICKET: 'rail', EINSURCAR: 'insurance' } as Partial<Record<DocumentSchemaType, string>>;

/** Every field of the head and of each family with every text; the types of a family and the kinds of operations take turns. */
function makeCases(): Case[] {
  const places = new Map<string, { field: Field; types: DocumentSchemaType[] }>();
  const place = (key: string, field: Field, type: DocumentSchemaType): void => {
    const known = places.get(key) ?? { field, types: [] };
    known.types.push(type);
    places.set(key, known);
  };
  for (const type of types) {
    for (const field of documentFields(type).values) place(`${FAMILY[type] ?? 'air'} ${pointerOf(field.path)}`, field, type);
    for (const field of headFields().values) place(pointerOf(field.path), field, type);
  }
  const cases: Case[] = [];
  for (const { field, types: turns } of places.values()) {
    const longest = field.maxLength === undefined ? [] : ['🛫'.repeat(field.maxLength), 'Я'.repeat(field.maxLength)];
    for (const [at, text] of [...HOSTILE, ...longest].entries()) {
      const turn = cases.length;
      const type = turns[at % turns.length] as DocumentSchemaType;
      const [kind, role] = KINDS[(at + Math.floor(at / turns.length)) % KINDS.length] ?? KINDS[0];
      // 13 digits, as ETICKET and EMD need them; the cases are told apart by them.
      const document = { ...samples.get(type), role, number: `421${String(turn).padStart(10, '0')}` };
      const id = `hostile-${turn}`;
      // Of one moment: what is expected is made later.
      const now = asNow(fullMessage(kind, [document]), id);
      cases.push({ id, field, text, message: (value) => withValue(now, field.path, value) });
    }
  }
  return cases;
}

interface Result {
  readonly line: number;
  readonly status: string;
  readonly errors?: { code: string; path: string; message: string }[];
}

async function sendLines(lines: readonly string[]): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < lines.length; at += 1500) {
    const part = lines.slice(at, at + 1500).join('\n');
    const { text } = await rest(hub, 'POST', '/tickets/operations', part, { 'content-type': 'application/x-ndjson' }).expect(200);
    results.push(
      ...text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Result),
    );
  }
  expect(results.length).toBe(lines.length);
  return results;
}

const NUMBERS = new Set(['number', 'exNumber', 'toNumber', 'emdNumber']);
const POSITION = new Set(['file', 'bytes', 'xml', 'fingerprint', 'identity', 'line', 'column']);

/** All texts of a document that was read, by the path of their field; `marker` in them becomes what was sent instead of it. */
function textsOf(bytes: Uint8Array, marker = '', sent = ''): Record<string, string> {
  const { documents, counts } = readTickets(bytes, 'x.xml');
  expect([documents.length, counts.error, counts.warning]).toEqual([1, 0, 0]);
  const texts: Record<string, string> = {};
  const walk = (value: unknown, path: string, key: string): void => {
    if (value instanceof Map) for (const [name, text] of value) walk(text, `${path}/${name}`, name);
    else if (typeof value === 'object' && value !== null)
      for (const [name, part] of Object.entries(value)) walk(part, `${path}/${name}`, name);
    else if (value !== undefined) {
      const isNumber = NUMBERS.has(key) && path.split('/').length === 2;
      const text = marker === '' ? String(value) : String(value).replaceAll(marker, () => sent);
      // Readers trim, and take hyphens and spaces out of numbers (spec 3.8); an empty element is absent.
      const kept = isNumber ? text.replace(/[ -]/g, '') : text.trim();
      if (kept !== '') texts[path] = kept;
    }
  };
  for (const [name, value] of Object.entries(documents[0] ?? {})) if (!POSITION.has(name)) walk(value, `/${name}`, name);
  return texts;
}

/** What a reader finds in the file of this message when a harmless value stands in the field, with the hostile one put in its place. */
function expectedTexts({ message, text, field }: Case): Record<string, string> {
  for (const marker of MARKERS) {
    const parsed = parseOperation(message(marker), { source: 'test' });
    if (!parsed.ok) continue;
    const [built] = buildDocuments({ ...parsed.operation, documents: parsed.operation.documents as never });
    return textsOf(built?.xml ?? new Uint8Array(), marker, text);
  }
  throw new Error(`${pointerOf(field.path)} took ${JSON.stringify(text)} but no harmless value`);
}

const asUtf8 = (bytes: Uint8Array): Buffer => {
  const text = decodeWindows1251(bytes);
  expect(text).toMatch(/^<\?xml version="1\.0" encoding="windows-1251"\?>/);
  return Buffer.from(text.replace('encoding="windows-1251"', 'encoding="UTF-8"'));
};

test('every field: refused by name, or stored under a harmless name, valid, and read back equal', async () => {
  onTestFailed(() => void process.stderr.write(`--- hub\n${hub.tail()}\n--- client\n${trusting.tail()}\n`));
  const around = readdirSync(folder.path).sort();
  const cases = makeCases();
  const results = await sendLines(cases.map((each) => JSON.stringify(each.message(each.text))));

  const stored: Case[] = [];
  for (const [at, { field, text, ...each }] of cases.entries()) {
    const { status, errors = [] } = results[at] ?? {};
    const path = pointerOf(field.path);
    if (status === 'created') stored.push({ field, text, ...each });
    else {
      expect([path, text.slice(0, 50), status]).toEqual([path, text.slice(0, 50), 'rejected']);
      const named = errors.filter((error) => error.path === path);
      expect([path, text.slice(0, 50), named.length > 0, errors], 'an error names the field').toEqual([
        path,
        text.slice(0, 50),
        true,
        errors,
      ]);
      // The message repeats nothing that would break a terminal or a log.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      for (const { message } of errors) expect(message).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u202a-\u202e\ud800-\udfff]{1,500}$/);
    }
  }
  // Neither side of the alternative is empty by mistake.
  expect(stored.length).toBeGreaterThan(500);
  expect(cases.length - stored.length).toBeGreaterThan(1000);
  const takes = (text: string, pointer: string): boolean =>
    stored.some((each) => each.text === text && pointerOf(each.field.path) === pointer);
  expect(takes(']]><!--', '/documents/0/endorsements')).toBe(true);
  expect(takes('a\u0000b', '/documents/0/endorsements')).toBe(false);
  expect(takes('CON', '/deal/agency')).toBe(true);

  const clients = [plain, trusting];
  await vi.waitUntil(() => clients.every((client) => client.files().length >= stored.length), PATIENCE);
  for (const client of clients) {
    const files = client.files();
    expect(files.length).toBe(stored.length);
    for (const file of files) {
      expect(file).toMatch(/^[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,115}\.xml$/);
      expect(file).not.toMatch(/^(CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|COM\d|LPT\d)(\.|$)/i);
    }
    expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(files.length);
    // Nothing lies beside the files, and nothing outside of the folder.
    const inStorage = readdirSync(client.storage).filter((name) => name !== '.stat_client');
    expect(inStorage.sort()).toEqual(files);
    const kit = ['Client.out', 'Client.out.lock', 'Stat_Client.conf', 'ca.crt', 'console.out', `${client.name}.pem`, 'xml'];
    expect(readdirSync(client.folder).sort()).toEqual(kit.sort());
  }
  expect(readdirSync(folder.path).sort()).toEqual(around);

  const expected = new Map<string, { of: Case; texts: Record<string, string> }>();
  for (const each of stored) {
    const texts = expectedTexts(each);
    expected.set(`${texts['/type']} ${texts['/number']}`, { of: each, texts });
  }
  expect(expected.size).toBe(stored.length);
  const validator = createXmlValidator();
  const reached = new Set<string>();
  for (const client of clients) {
    const seen = new Set<string>();
    for (const [at, file] of client.files().entries()) {
      const bytes = readFileSync(join(client.storage, file));
      const texts = textsOf(bytes);
      const key = `${texts['/type']} ${texts['/number']}`;
      const { of, texts: right } = expected.get(key) ?? {};
      expect([file, pointerOf(of?.field.path ?? []), texts]).toEqual([file, pointerOf(of?.field.path ?? []), right]);
      // In windows-1251 the texts above say it all; of the schema it is enough to try some.
      const valid = client === plain ? bytes : at % 10 === 0 && asUtf8(bytes);
      if (valid) expect([file, validator.validate(valid, texts['/type'] as DocumentSchemaType)]).toEqual([file, []]);
      if (of && Object.values(texts).some((text) => text.includes(of.text))) reached.add(pointerOf(of.field.path));
      seen.add(key);
    }
    expect(seen.size).toBe(stored.length);
    expect(client.log()).not.toContain(' ERROR ');
  }
  validator.dispose();
  expect(reached.size).toBeGreaterThan(50);
}, 60_000);

test('a field with a hostile name is refused by that name, in every object of the message', async () => {
  const sent: { path: string; line: string }[] = [];
  for (const type of types) {
    const message = asNow(fullMessage('issue', [{ ...samples.get(type) }]), `key-${type}`);
    for (const { path } of [...headFields().objects, ...documentFields(type).objects]) {
      for (const key of HOSTILE_KEYS) {
        const at = [...path, key];
        sent.push({ path: pointerOf(at), line: JSON.stringify(withValue(message, at, { polluted: true })) });
      }
    }
  }
  const results = await sendLines(sent.map(({ line }) => line));
  for (const [at, { path }] of sent.entries()) {
    const { status, errors } = results[at] ?? {};
    const said = errors?.map(({ code, path: where, message }) => (code === 'MALFORMED_JSON' ? `${code}: ${message}` : `${code} ${where}`));
    // A key that programs have stumbled over is not let through to the schema at all.
    const right = path.endsWith('/__proto__') ? expect.stringMatching(/^MALFORMED_JSON: .*__proto__/) : `UNKNOWN_FIELD ${path}`;
    expect([path, status, said]).toEqual([path, 'rejected', [right]]);
  }
  // The hub goes on as before.
  expect((await rest(hub, 'GET', '/tickets/operations?limit=5').expect(200)).body.items.length).toBe(5);
});
