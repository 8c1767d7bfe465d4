import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createFolder } from '../../../test/support/folder.ts';
import { requires } from '../../../test/support/requires.ts';
import { addChannelGroup } from '../add-channel-group.ts';
import { changeChannelGroup } from '../change-channel-group.ts';
import { channelKinds } from '../channels/kinds.ts';
import { createModemSimulator } from '../channels/test/support/modem-simulator.ts';
import { type PluggedModem, plugModem } from '../channels/test/support/serial-pair.ts';
import { type AlertsBench, alertsBench, PATIENCE } from './support/alerts-bench.ts';

/** A wrong SIM PIN is given once, also when the hub that gave it is killed and another one takes the modem over: the third locks the SIM (specification of alerts 5.3). */
const PROGRAM = fileURLToPath(new URL('./support/engine-process.ts', import.meta.url));
const RIGHT = '4711';
const kinds = channelKinds(Buffer.alloc(32, 7));

requires('socat').describe('a SIM that asks for its PIN', () => {
  const folder = createFolder('sim-pin');
  const modem = createModemSimulator({ pin: RIGHT });
  const children = new Set<ChildProcess>();
  let bench: AlertsBench;
  let plug: PluggedModem;
  let group: number;
  beforeAll(async () => {
    plug = await plugModem(modem, folder.path);
    bench = await alertsBench();
    await bench.rows('UPDATE alerts_channel_group SET enabled = false');
    await bench.db.database.transaction((tx) =>
      addChannelGroup(tx, bench.act, kinds, { kind: 1, name: 'Modem', settings: { device: plug.device, pin: '0000' } }),
    );
    [{ group }] = (await bench.rows<{ group: number }>(`SELECT group_id AS "group" FROM alerts_channel_group WHERE name = 'Modem'`)) as [
      { group: number },
    ];
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await bench?.end();
    await plug?.unplug();
    folder.remove();
  });

  const hub = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [PROGRAM, bench.db.url], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.add(child);
    await once(child.stdout, 'data');
    return child;
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    children.delete(child);
  };
  const pins = () => modem.commands.filter((command) => command.startsWith('AT+CPIN='));
  const looks = () => modem.commands.filter((command) => command === 'AT+CPIN?').length;
  const info = async () => (await bench.rows<{ info: string }>('SELECT info FROM alerts_channel WHERE group_id = $1', group))[0]?.info;
  const memory = async () =>
    (await bench.rows<{ memory: Buffer | null }>('SELECT memory FROM alerts_channel_group WHERE group_id = $1', group))[0]?.memory;

  test('the wrong one is given once over kill -9 and a hub after the other; another one is given at once', async () => {
    let worker = await hub();
    await vi.waitFor(() => expect(pins()).toEqual(['AT+CPIN="0000"']), PATIENCE);
    await vi.waitFor(async () => expect(await info()).toMatch(/not tried again/), PATIENCE);
    for (let round = 0; round < 2; round += 1) {
      await kill(worker);
      worker = await hub();
      // It has asked the SIM, which asks for the PIN, more than once.
      const seen = looks();
      await vi.waitFor(() => expect(looks()).toBeGreaterThan(seen + 1), PATIENCE);
      expect(pins()).toHaveLength(1);
    }
    expect(modem.behaviour.tries).toBe(2);
    expect((await memory())?.includes('0000')).toBe(false);

    await bench.db.database.transaction((tx) =>
      changeChannelGroup(tx, bench.act, kinds, { id: group, change: { settings: { device: plug.device, pin: RIGHT } } }),
    );
    // The act of a test is no event of a hub: the next one reads the settings.
    await kill(worker);
    await hub();
    await vi.waitFor(
      async () => expect(await bench.rows('SELECT FROM alerts_channel WHERE state = 1 AND group_id = $1', group)).toHaveLength(1),
      PATIENCE,
    );
    expect(pins()).toEqual(['AT+CPIN="0000"', `AT+CPIN="${RIGHT}"`]);
    expect(await memory()).toBeNull();
  });
});
