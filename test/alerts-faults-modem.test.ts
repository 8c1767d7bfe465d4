import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createModemSimulator } from '../hub/alerts/channels/test/support/modem-simulator.ts';
import { type PluggedModem, plugModem } from '../hub/alerts/channels/test/support/serial-pair.ts';
import { type AlertsDuty, alertsDuty, PATIENCE } from './support/alerts-duty.ts';
import { alertsSession } from './support/alerts-session.ts';
import { type CallbacksHub, openCallbacksHub } from './support/callbacks-hub.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { createFolder } from './support/folder.ts';
import { requires } from './support/requires.ts';

/** A GSM modem that is pulled out in the middle of a run and plugged in again, on a whole hub with the waits of the product (specification of alerts 5.3 and 8.1). */
const PEOPLE = 12;
const REOPEN = 20_000;

requires('socat').describe('a modem, unplugged in a run', () => {
  const folder = createFolder('alerts-modem');
  const modem = createModemSimulator({ sending: 150, reports: 0 });
  let plug: PluggedModem;
  let store: TestDatabase;
  let hub: CallbacksHub;
  let duty: AlertsDuty;
  beforeAll(async () => {
    plug = await plugModem(modem, folder.path);
    store = await createTestDatabase();
    hub = await openCallbacksHub([], { database: store });
    duty = alertsDuty(() => hub, store);
    await duty.channel('gsm', 'Modem', { device: plug.device });
    await duty.working(1);
  });
  afterAll(async () => {
    await hub?.stop();
    await store?.drop();
    await plug?.unplug();
    folder.remove();
  });

  const state = async () => (await duty.rows<{ state: number }>('SELECT state FROM alerts_channel'))[0]?.state;

  test('a fault, STARTTASK answers ERR_NOGSM; plugged in again it works within ten seconds and the run goes on', async () => {
    const settings = [
      { key: 'rounds', value: '1' },
      { key: 'dup', value: '0' },
      { key: 'receipt', value: '5' },
    ];
    const task = await duty.task(await duty.list(PEOPLE, (at) => `+79201${String(at).padStart(6, '0')}`), { settings });
    const other = await duty.task(await duty.list(1, () => '+79202000001'));
    const client = await alertsSession(hub);
    await duty.start(task);
    await vi.waitUntil(() => modem.sent.length >= 3, PATIENCE);
    await plug.unplug();
    await vi.waitUntil(async () => (await state()) === 6, PATIENCE);
    client.say(`STARTTASK ${other} 1`);
    expect((await client.until(/^STARTTASK /)).at(-1)).toMatch(/^STARTTASK ERR_NOGSM /);
    expect(await duty.rows('SELECT FROM alerts_run WHERE task_id = $1', other)).toEqual([]);
    expect(await duty.rows('SELECT status FROM alerts_run WHERE task_id = $1', task)).toEqual([{ status: 2 }]);
    expect(modem.sent.length).toBeLessThan(PEOPLE);

    await plug.plugIn();
    const back = performance.now();
    await duty.working(1);
    expect(performance.now() - back).toBeLessThan(REOPEN);
    await duty.ended(task);
    // What was being sent when the plug was pulled is in doubt; everybody else was told, nobody twice.
    const { 2: told = 0, 14: unknown = 0, 15: unheard = 0, ...others } = await duty.results(task);
    expect(others).toEqual({});
    expect(told + unknown + unheard).toBe(PEOPLE);
    expect(unknown).toBeLessThanOrEqual(1);
    const times = [...Map.groupBy(modem.sent, ({ address }) => address).values()].map((some) => some.length);
    expect(times.every((count) => count === 1)).toBe(true);
    expect(times.length).toBeGreaterThanOrEqual(told + unheard);
    expect(await duty.counted(task)).toEqual(await duty.results(task));
    client.say(`STARTTASK ${other} 1`);
    expect((await client.until(new RegExp(`^(STARTTASK|UPDATETASK OK ${other}) `))).at(-1)).toMatch(/^UPDATETASK OK \d+ \S+ 2 2$/);
    await duty.ended(other);
    client.end();
  });
});
