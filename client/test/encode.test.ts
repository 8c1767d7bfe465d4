import { hash } from 'node:crypto';
import { join } from 'node:path';
import { decodeWindows1251 } from '@vestnik/protocol/windows1251.ts';
import { describe, expect, test } from 'vitest';
import { createEncoder } from '../encode.ts';
import { chooseName, createNamer } from '../final-name.ts';
import { createClient, createFakeFeed } from './fakes.ts';
import { createMemoryDisk } from './memory-disk.ts';
import { makeMessage } from './peer.ts';

const encode = (xml: string) => createEncoder('windows-1251')(Buffer.from(xml), xml);

describe('Encoding', () => {
  test('UTF-8 leaves the bytes as they came', () => {
    const received = Buffer.from('<?xml version="1.0" encoding="UTF-8"?><a>Ж</a>');
    expect(createEncoder('UTF-8')(received, received.toString())).toBe(received);
  });

  test('windows-1251 rewrites the declaration; other characters become numeric references', () => {
    const bytes = encode('<?xml version="1.0" encoding="UTF-8"?>\n<FIO>ПЁТР № “X” ₽ 𝄞</FIO>\n');
    expect(decodeWindows1251(bytes)).toBe('<?xml version="1.0" encoding="windows-1251"?>\n<FIO>ПЁТР № “X” &#8381; &#119070;</FIO>\n');
    expect(bytes.includes(0xcf)).toBe(true);
  });

  test.each([
    ["<?xml version='1.0' encoding='utf-8' standalone='yes'?><a/>", "<?xml version='1.0' encoding=\"windows-1251\" standalone='yes'?><a/>"],
    ['<?xml version="1.0"?><a/>', '<?xml version="1.0" encoding="windows-1251"?><a/>'],
    ['\ufeff<?xml version="1.0" encoding="UTF-8"?><a/>', '<?xml version="1.0" encoding="windows-1251"?><a/>'],
    ['<a>x</a>', '<?xml version="1.0" encoding="windows-1251"?>\n<a>x</a>'],
    [
      '<?xml version="1.0" encoding="UTF-8"?><a>encoding="UTF-8"</a>',
      '<?xml version="1.0" encoding="windows-1251"?><a>encoding="UTF-8"</a>',
    ],
  ])('declaration of %s', (xml, expected) => {
    expect(encode(xml).toString('latin1')).toBe(expected);
  });

  test('the file on the disk is in windows-1251, and the digest of the UTF-8 text is what is checked', async () => {
    const disk = createMemoryDisk('/xml');
    const message = makeMessage(1);
    const feed = createFakeFeed([message]);
    await createClient('/xml', disk.fileSystem, feed, { storage: { encode: createEncoder('windows-1251') } }).run();
    const stored = disk.get(join('/xml', message.name))!;
    expect(decodeWindows1251(stored)).toBe(message.xml.replace('UTF-8', 'windows-1251'));
    expect(feed.mailbox.size).toBe(0);
  });
});

describe('final names', () => {
  const byServer = createNamer(undefined, 'agency-17', 'Europe/Moscow');

  test("the server's name without File_name, our pattern with it, in the computer's zone", () => {
    const message = makeMessage(1042, { createdAt: '2026-11-22T22:30:00.000Z' });
    expect(byServer(message)).toBe(message.name);
    const ours = createNamer('{client}_{date}_{time}_{seq}{replay}.xml', 'agency-17', 'Europe/Moscow');
    expect(ours(message)).toBe('agency-17_20261123_013000_000001042.xml');
    expect(ours({ ...message, replay: true })).toBe('agency-17_20261123_013000_000001042-R.xml');
  });

  test.each([
    '../../etc/passwd',
    '/absolute.xml',
    'C:\\x.xml',
    'a\u0000.xml',
    'CON.xml',
    'nul.xml',
    '.hidden.xml',
    'x.exe',
    'строка.xml',
    '',
    `${'9'.repeat(300)}.xml`,
    'a\nb.xml',
    '..xml',
  ])('an unsafe name of the server is not used: %j', (name) => {
    const message = makeMessage(7, { name });
    expect(byServer(message)).toBe(`000000007-${message.id}.xml`);
  });

  test('hostile fields make no path out of the folder, and a message that no pattern can name is stored all the same', async () => {
    const hostile = ['../../x', 'CON', '\u0000', '9'.repeat(300), '<>:"|?*', '. . .', '\u202e\ud800', '{seq}', '%2e%2e%2f'];
    const messages = hostile.map((text, i) =>
      makeMessage(i + 1, { meta: { type: text, opType: text, transType: text, number: text, pnr: text } }),
    );
    messages.push(makeMessage(20, { createdAt: '0001-01-01T00:00:00Z' }), makeMessage(21, { createdAt: '+010000-01-01T00:00:00Z' }));
    const disk = createMemoryDisk('/xml');
    const feed = createFakeFeed(messages);
    const name = createNamer('{number}-{pnr}-{type}{op}{trans}-{date}-{seq}.xml', 'agency-17', 'UTC');
    await createClient('/xml', disk.fileSystem, feed, { storage: { name } }).run();
    const files = disk.files('/xml');
    expect(files.length).toBe(messages.length);
    for (const file of files) expect(file).toMatch(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,119}\.xml$|^[A-Za-z0-9_-][A-Za-z0-9._-]{0,115}\.xml$/);
    expect(feed.mailbox.size).toBe(0);
  });

  test('a file with the same content under the name is the message itself; a thousand others end the counting', async () => {
    const disk = createMemoryDisk('/xml');
    disk.put('/xml/a.xml', 'same');
    const content = { sha256: hash('sha256', 'same', 'hex'), size: 4, id: 'the-id' };
    expect(await chooseName(disk.fileSystem, '/xml', 'a.xml', content)).toEqual({ final: 'a.xml', present: true });
    disk.put('/xml/a.xml', 'diff');
    for (let i = 2; i <= 1_000; i++) disk.put(`/xml/a~${i}.xml`, 'diff');
    expect(await chooseName(disk.fileSystem, '/xml', 'a.xml', content)).toEqual({ final: 'a~the-id.xml', present: false });
  });
});
