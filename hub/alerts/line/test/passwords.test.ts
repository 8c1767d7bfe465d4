import { afterEach, expect, test } from 'vitest';
import { noteChannel } from '../../../core/telemetry/channels.ts';
import { type LineBench, openLineBench, PASSWORD } from './support/line-bench.ts';

/** What passwords need beside being right (specification of alerts 8.3.2). */
let bench: LineBench;
afterEach(() => bench.stop());

test('CHECKPASSW is no second door: its failures count like those of LOGIN, and then neither is heard at this address', async () => {
  bench = await openLineBench();
  await bench.operator('late', ['alerts.view']);
  const guesser = await bench.client();
  for (let guess = 0; guess < 10; guess += 1)
    expect(await guesser.ask(`CHECKPASSW nobody${guess} wrong`)).toMatch(/^CHECKPASSW ERR_CHECKPASSW /);
  const late = await bench.connect();
  // The password is right, and it is not looked at.
  expect(await late.ask(`LOGIN late ${PASSWORD}`)).toMatch(/^LOGIN ERR_BADLOGIN /);
  expect(await guesser.ask(`CHECKPASSW late ${PASSWORD}`)).toMatch(/^CHECKPASSW ERR_CHECKPASSW /);
  // Who has logged in here before is not shut out by others.
  expect(await guesser.ask(`CHECKPASSW admin ${PASSWORD}`)).toBe('CHECKPASSW OK admin');
});

test('failures of LOGIN close the door for CHECKPASSW, too', async () => {
  bench = await openLineBench();
  await bench.operator('late', ['alerts.view']);
  const admin = await bench.client();
  const guesser = await bench.connect();
  for (let guess = 0; guess < 10; guess += 1) expect(await guesser.ask(`LOGIN nobody${guess} wrong`)).toMatch(/^LOGIN ERR_BADLOGIN /);
  expect(await admin.ask(`CHECKPASSW late ${PASSWORD}`)).toMatch(/^CHECKPASSW ERR_CHECKPASSW /);
});

test('no password that was sent, right or wrong, is in a log, the audit or an event', async () => {
  bench = await openLineBench();
  const noted: string[] = [];
  const hear = (note: unknown): void => {
    noted.push(JSON.stringify(note, (_key, value: unknown) => (value instanceof Error ? `${value.stack} ${String(value.cause)}` : value)));
  };
  noteChannel.subscribe(hear);
  try {
    const client = await bench.client();
    const sent = [
      'LOGIN admin Spilled-1x',
      'LOGIN Spilled-2x Spilled-3x Spilled-4x',
      `LOGIN admin ${PASSWORD}`,
      'CHECKPASSW admin Spilled-5x',
      'USERADD eve Spilled-6x Ева 1',
      'USERADD eve Spilled-7x Ева 1',
      'USERADD Ева Spilled-8x Ева 1',
      'USERADD bob Spilled-9x Боб 999',
      'USERCHG eve Spilled-10x Ева 1',
      'USERCHG eve Spilled-11x Ева xyz',
      'USERCHG nobody Spilled-12x Ева 1',
      'LOGIN eve Spilled-10x',
      'USERCHG eve Spilled-13x Ева 1',
      'USERCHG eve Spilled-14x Ева 127',
    ];
    client.say(...sent, 'PING last');
    const answered = await client.until(/^PING OK last$/);
    expect(answered.filter((line) => line.startsWith('USERADD OK') || line.startsWith('USERCHG OK'))).toEqual([
      'USERADD OK eve Ева 1',
      'USERCHG OK eve Ева 1 1',
      'USERCHG OK eve Ева 1 1',
    ]);
    expect(answered.join()).not.toContain('Spilled');
    const kept = await bench.rows(
      `SELECT (SELECT count(*)::int FROM audit) AS audits, (SELECT string_agg(a::text, ' ') FROM audit a) AS audit,
         (SELECT string_agg(l::text, ' ') FROM alerts_log l) AS log, (SELECT string_agg(e::text, ' ') FROM event e) AS events`,
    );
    expect(kept[0]?.['audits']).toBeGreaterThan(2);
    expect(JSON.stringify(kept)).not.toContain('Spilled');
    expect(noted.join()).toContain('a login was refused');
    expect(noted.join()).not.toContain('Spilled');
  } finally {
    noteChannel.unsubscribe(hear);
  }
});
