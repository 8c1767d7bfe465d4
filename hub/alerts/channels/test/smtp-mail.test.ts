import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import type { AttemptOutcome, Order } from '../driver.ts';
import { composeMail } from '../smtp/compose-mail.ts';
import { htmlPart } from '../smtp/mail-html.ts';
import { readBounceAddress } from '../smtp/verp.ts';
import { makeOrder } from './conformance.ts';
import { BOUNCE_KEY, lastMail, sinkAndDriver } from './support/smtp.ts';

const never = new AbortController().signal;
const GOOD = 'ivanov@test.invalid';
const order = (text: string, more: Partial<Order> = {}): Order => makeOrder(GOOD, text, { reference: '7.11', ...more });
const mailbox = (name: string, address: string): object => ({ value: [{ name, address }] });

/** Head and body of a mail as they went over the wire. */
const wire = (raw: Buffer | undefined): { head: string; body: string } => {
  const text = raw?.toString('latin1') ?? '';
  const end = text.indexOf('\r\n\r\n');
  return { head: text.slice(0, end), body: text.slice(end + 4) };
};

describe('what arrives, read by mailparser', () => {
  test('Cyrillic subject, sender and text; a text and an HTML part; the headers of a machine', async () => {
    await using both = await sinkAndDriver();
    const text = 'Пожар в корпусе 2.\nСбор во дворе.\n\n.\n<script>alert("x")</script> & всё';
    expect(await both.driver.attempt(order(text, { subject: 'Тревога: корпус №2 — сбор' }), never)).toMatchObject({
      result: 'done',
      code: '250 2.0.0',
    });
    const mail = await lastMail(both.sink);
    expect(mail).toMatchObject({
      subject: 'Тревога: корпус №2 — сбор',
      from: mailbox('Дежурный', 'duty@vestnik.invalid'),
      to: mailbox('', GOOD),
      messageId: '<7.11@vestnik.invalid>',
      text,
      attachments: [],
    });
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.headers.get('date')).toBeInstanceOf(Date);
    expect(mail.html).toContain('Пожар в корпусе 2.<br>Сбор во дворе.</p><p');
    expect(mail.html).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; всё');
    expect(both.sink.mails[0]).toMatchObject({ from: 'duty@vestnik.invalid', to: [GOOD] });
  });

  test('a button where the receiver may confirm, in the language of the text, and the same as text', async () => {
    await using both = await sinkAndDriver();
    const confirmUrl = 'https://hub.example.org/confirm/1.2.abc?a=1&b="2"';
    await both.driver.attempt(order('Сбор', { confirmUrl }), never);
    const russian = await lastMail(both.sink);
    expect(russian.html).toContain('href="https://hub.example.org/confirm/1.2.abc?a=1&amp;b=&quot;2&quot;"');
    expect(russian.html).toContain('>Подтвердить получение</a>');
    expect(russian.text).toContain(`Подтвердите получение:\n${confirmUrl}\n`);
    await both.driver.attempt(order('Assemble', { confirmUrl }), never);
    expect((await lastMail(both.sink)).html).toContain('>Confirm receipt</a>');
  });

  test('files arrive byte by byte, under their names without folders', async () => {
    await using both = await sinkAndDriver();
    const content = Uint8Array.from({ length: 5_000 }, (_, index) => index % 256);
    const attachments = [
      { name: 'Сообщение для всех.wav', type: 'audio/wav', content },
      { name: '../../etc/passwd', type: 'text/plain\r\nX-Evil: 1', content: new Uint8Array() },
    ];
    await both.driver.attempt(order('Слушайте', { attachments }), never);
    const [sound, other] = (await lastMail(both.sink)).attachments;
    expect(sound).toMatchObject({ filename: 'Сообщение для всех.wav', contentType: 'audio/wav', content: Buffer.from(content) });
    expect(other).toMatchObject({ filename: 'passwd', contentType: 'application/octet-stream', size: 0 });
  });

  test('nothing that an order holds becomes a header, a receiver or a file', async () => {
    await using both = await sinkAndDriver();
    const evil = 'x\r\nBcc: victim@test.invalid\r\n\r\n<b>body</b>';
    const attachment = { name: 'a.txt"\r\nX-Evil: 1', type: 'text/plain', content: Buffer.from('/etc/passwd') };
    const send = (one: Order): Promise<AttemptOutcome> => both.driver.attempt(one, never);
    expect(await send(order('x', { from: evil }))).toMatchObject({ result: 'channel', code: 'from' });
    expect(await send(order('x', { address: `${GOOD}\r\nRCPT TO:<victim@test.invalid>` }))).toMatchObject({ result: 'permanent' });
    await send(order(`${evil}\r\n.\r\nMAIL FROM:<evil@test.invalid>\r\n`, { subject: evil }));
    await send(order('x', { attachments: [attachment], subject: '\u2028\u0000\u2029' }));
    await send(order('data:text/plain,x file:///etc/passwd', { confirmUrl: 'file:///etc/passwd"><script>' }));
    expect(both.sink.mails).toHaveLength(3);
    for (const { raw, to } of both.sink.mails) {
      expect(to).toEqual([GOOD]);
      expect(wire(raw).head).not.toMatch(/^(bcc|x-evil)/im);
      expect(raw.toString('latin1')).not.toContain('root:x:');
      expect((await simpleParser(raw)).html).not.toContain('<script');
    }
    const mail = await lastMail(both.sink);
    expect(mail.subject).toBe('data:text/plain,x file:///etc/passwd');
  });
});

describe('composition', () => {
  const sender = {
    from: { name: 'Дежурный', address: 'duty@vestnik.invalid' },
    returnPath: 'bounce@vestnik.invalid',
    bounceKey: BOUNCE_KEY,
  };
  const compose = (more: Partial<Order>): ReturnType<typeof composeMail> => composeMail(order('Первая строка\nвторая', more), sender);

  test.each([
    [undefined, 'Первая строка'],
    ['   ', 'Первая строка'],
    ['Тема', 'Тема'],
    ['a\tb\r\nc', 'a b c'],
    ['я'.repeat(300), `${'я'.repeat(249)}…`],
  ])('subject %j', (subject, expected) => {
    expect(compose({ subject })).toMatchObject({ mail: { subject: expected } });
  });

  test.each([
    [undefined, { name: 'Дежурный', address: 'duty@vestnik.invalid' }],
    ['', { name: 'Дежурный', address: 'duty@vestnik.invalid' }],
    ['Охрана', { name: 'Охрана', address: 'duty@vestnik.invalid' }],
    ['guard@vestnik.invalid', { name: 'Дежурный', address: 'guard@vestnik.invalid' }],
    ['"Охрана, пост 1" <guard@ВЕСТНИК.рф>', { name: 'Охрана, пост 1', address: 'guard@xn--b1agjinxh.xn--p1ai' }],
  ])('sender %j', (from, expected) => {
    const composed = compose({ from });
    expect('mail' in composed && composed.mail.from).toEqual(expected);
  });

  test.each(['a@b', 'x <y@z', '<>@', 'a\r\nBcc: x@y.z'])('%j is no sender', (from) => {
    expect(compose({ from })).toEqual({ fault: 'from' });
  });

  test('each mail has its own return path, signed; none where nobody listens for bounces', () => {
    const composed = compose({ attempt: 711 });
    const from = 'mail' in composed ? String((composed.mail.envelope as { from: string }).from) : '';
    expect(from).toMatch(/^bounce\+711\.[0-9a-v]{16}@vestnik\.invalid$/);
    expect(readBounceAddress(from, sender.returnPath, BOUNCE_KEY)).toBe('711');
    expect(composeMail(order('x'), { ...sender, bounceKey: undefined })).toMatchObject({
      mail: { envelope: { from: 'bounce@vestnik.invalid' } },
    });
  });

  test('HTML keeps lines and paragraphs, and drops what no page may hold', () => {
    expect(htmlPart('a\r\nb\n\n\nc\u0000\u001b[1m', undefined)).toContain(
      '<p style="margin:0 0 16px">a<br>b</p><p style="margin:0 0 16px">c[1m</p></body>',
    );
  });
});

test('DKIM: the signature stands over subject, sender and body, and holds', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await using both = await sinkAndDriver(
    {},
    { dkimDomain: 'vestnik.invalid', dkimSelector: 'alerts', dkimKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) },
  );
  await both.driver.attempt(order('Тревога', { subject: 'Сбор' }), never);
  const { head, body } = wire(both.sink.mails[0]?.raw);
  const fields = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const signature = fields.find((field) => /^dkim-signature:/i.test(field)) ?? '';
  const tags = new Map(
    signature
      .slice(signature.indexOf(':') + 1)
      .split(';')
      .map((tag) => [tag.slice(0, tag.indexOf('=')).trim(), tag.slice(tag.indexOf('=') + 1).replace(/\s/g, '')]),
  );
  expect(Object.fromEntries(tags)).toMatchObject({ a: 'rsa-sha256', c: 'relaxed/relaxed', d: 'vestnik.invalid', s: 'alerts' });
  const relaxed = body
    .replace(/[ \t]+(?=\r\n)/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/(?:\r\n)*$/, '\r\n');
  expect(tags.get('bh')).toBe(createHash('sha256').update(relaxed, 'latin1').digest('base64'));
  const canonical = (field: string): string =>
    `${field.slice(0, field.indexOf(':')).toLowerCase().trim()}:${field
      .slice(field.indexOf(':') + 1)
      .replace(/\s+/g, ' ')
      .trim()}`;
  const signed = (tags.get('h') ?? '').split(':');
  expect(signed.map((name) => name.toLowerCase())).toEqual(expect.arrayContaining(['from', 'to', 'subject', 'date', 'message-id']));
  const lines = signed
    .map((name) => fields.find((field) => field.toLowerCase().startsWith(`${name.toLowerCase()}:`)) ?? '')
    .filter((field) => field !== '');
  const data = [...lines.map(canonical), canonical(signature).replace(/\bb=[^;]*$/, 'b=')].join('\r\n');
  expect(verify('rsa-sha256', Buffer.from(data, 'latin1'), publicKey, Buffer.from(tags.get('b') ?? '', 'base64'))).toBe(true);
});
