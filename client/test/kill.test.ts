import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createKit, filesIn, startProgram, until } from './kit.ts';
import { startPeer } from './peer.ts';

/** How often the program is killed; `CLIENT_KILLS=50 vitest run client/test/kill`. */
const KILLS = Number(process.env['CLIENT_KILLS'] ?? 6);

test(
  `kill -9 of the real program ${KILLS} times under load, with lost answers and an accounting program at work: each message once`,
  async () => {
    const peer = await startPeer();
    const kit = createKit(peer, ['Batch = 40']);
    const taken = new Map<string, string[]>();
    const takeAll = () => {
      for (const [name, xml] of filesIn(kit.storage)) {
        rmSync(join(kit.storage, name));
        taken.set(xml, [...(taken.get(xml) ?? []), name]);
      }
    };
    const sent: string[] = [];
    const feedSome = (count: number) => sent.push(...peer.enqueue(count).map((message) => message.xml));
    peer.onPull = (_request, count) => (count % 7 === 3 ? 'lose-answer' : count % 11 === 5 ? 'cut' : 'serve');
    for (let round = 0; round < KILLS; round++) {
      feedSome(400);
      const target = peer.acknowledged.length + 20 + Math.floor(Math.random() * 300);
      const child = startProgram(['-conf', kit.conf]);
      const consumer = round % 2 === 0 ? setInterval(takeAll, 15) : undefined;
      await until(() => peer.acknowledged.length >= target || child.exitCode !== null, `round ${round} under way`);
      // A moment that nobody chose, somewhere in the steps of a batch.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
      child.kill('SIGKILL');
      await once(child, 'close');
      clearInterval(consumer);
      expect(child.signalCode).toBe('SIGKILL');
      if (round % 3 === 0) takeAll();
    }
    peer.onPull = () => 'serve';
    const last = startProgram(['-conf', kit.conf, '-once']);
    await once(last, 'close');
    expect(last.exitCode).toBe(0);
    takeAll();
    const log = readFileSync(kit.log, 'utf8');
    const repeated = [...taken.values()].filter((names) => names.length > 1);
    expect(repeated).toEqual([]);
    expect(taken.size).toBe(sent.length);
    expect(sent.every((xml) => taken.has(xml))).toBe(true);
    expect(peer.mailbox.size).toBe(0);
    expect(log).not.toContain('OT2007');
    await peer.stop();
    kit.remove();
  },
  60_000 + KILLS * 15_000,
);
