import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createFolder } from '../../../test/support/folder.ts';
import { requires } from '../../../test/support/requires.ts';
import { addChannelGroup } from '../add-channel-group.ts';
import { channelKinds } from '../channels/kinds.ts';
import { createModemSimulator } from '../channels/test/support/modem-simulator.ts';
import { type PluggedModem, plugModem } from '../channels/test/support/serial-pair.ts';
import { type AlertsBench, alertsBench, PATIENCE } from './support/alerts-bench.ts';

/** SIGKILL between two parts of a reply: the first was acknowledged, so the network does not bring it again (specification of alerts 4.9.3). */
const PROGRAM = fileURLToPath(new URL('./support/engine-process.ts', import.meta.url));
const FROM = '+79161234567';
const kinds = channelKinds(Buffer.alloc(32, 7));

for (const storage of ['none', 'SM'])
  requires('socat').describe(`a modem with storage=${storage}`, () => {
    const folder = createFolder(`long-replies-${storage}`);
    const modem = createModemSimulator({ reports: 0 });
    const children = new Set<ChildProcess>();
    let bench: AlertsBench;
    let plug: PluggedModem;
    beforeAll(async () => {
      plug = await plugModem(modem, folder.path);
      bench = await alertsBench();
      await bench.rows('UPDATE alerts_channel_group SET enabled = false');
      const settings = { device: plug.device, storage };
      await bench.db.database.transaction((tx) => addChannelGroup(tx, bench.act, kinds, { kind: 1, name: 'Modem', settings }));
    });
    afterAll(async () => {
      for (const child of children) child.kill('SIGKILL');
      await bench?.end();
      await plug?.unplug();
      folder.remove();
    });

    const hub = async (): Promise<ChildProcess> => {
      await bench.rows('UPDATE alerts_channel SET state = 0 WHERE group_id > 2');
      const child = spawn(process.execPath, [PROGRAM, bench.db.url], { stdio: ['pipe', 'pipe', 'inherit'] });
      children.add(child);
      await once(child.stdout, 'data');
      await vi.waitFor(
        async () => expect(await bench.rows('SELECT FROM alerts_channel WHERE state = 1 AND group_id > 2')).toHaveLength(1),
        PATIENCE,
      );
      return child;
    };
    const kill = async (child: ChildProcess): Promise<void> => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      children.delete(child);
    };
    /** Neither the network nor the memory of the modem has anything for us any more. */
    const handedOver = () => vi.waitFor(() => expect([modem.unacknowledged.length, modem.stored.size]).toEqual([0, 0]), PATIENCE);

    test('the part that was acknowledged is there for the next hub', async () => {
      const worker = await hub();
      const list = await bench.list([{ name: 'Long', phones: [FROM] }]);
      const task = await bench.task(list, { confirmation: { kind: 'code', key: '4711' }, settings: { rounds: 1 } });
      await bench.start(task);
      await vi.waitFor(async () => expect(await bench.targets(task)).toMatchObject([{ state: 'w', attempts: 1 }]), PATIENCE);
      modem.receive(FROM, 'Код 4711, ', { reference: 5, total: 2, place: 1 });
      await vi.waitFor(async () => expect(await bench.rows('SELECT place FROM alerts_incoming_part')).toEqual([{ place: 1 }]), PATIENCE);
      await handedOver();
      await kill(worker);
      await hub();
      modem.receive(FROM, 'выезжаю', { reference: 5, total: 2, place: 2 });
      await vi.waitFor(async () => expect(await bench.targets(task)).toMatchObject([{ state: 'f', result: 3 }]), PATIENCE);
      await handedOver();
    });
  });
