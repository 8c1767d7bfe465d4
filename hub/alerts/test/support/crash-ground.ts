import { addChannelGroup } from '../../add-channel-group.ts';
import { channelKinds } from '../../channels/kinds.ts';
import { createSmsc, type Smsc } from '../../smsc/smsc.ts';
import { type AlertsBench, alertsBench } from './alerts-bench.ts';
import { type KillableHubs, killableHubs } from './killable-hubs.ts';

/** A bench whose hubs are processes to be killed, with a message centre outside that remembers everything. */
export interface CrashGround {
  readonly bench: AlertsBench;
  readonly smsc: Smsc;
  readonly hubs: KillableHubs;
  end(): Promise<void>;
}

const ACCOUNT = { systemId: 'crash', password: 'test' };

/** @param pace of the one channel group: messages without an answer, and messages a second */
export async function openCrashGround(pace: { readonly window: number; readonly tps: number }): Promise<CrashGround> {
  const bench = await alertsBench();
  const hubs = killableHubs(bench.db.url);
  const smsc = createSmsc({ accounts: [ACCOUNT], keep: 100_000 });
  await smsc.start();
  // The bench's own groups have no driver in the processes.
  await bench.rows('UPDATE alerts_channel_group SET enabled = false');
  const settings = { host: '127.0.0.1', port: smsc.port, ...ACCOUNT, ...pace };
  await bench.db.database.transaction((tx) =>
    addChannelGroup(tx, bench.act, channelKinds(Buffer.alloc(32, 7)), { kind: 3, name: 'Centre', settings }),
  );
  return {
    bench,
    smsc,
    hubs,
    async end() {
      hubs.end();
      await smsc.stop();
      await bench.end();
    },
  };
}
