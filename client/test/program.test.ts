import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createKit, filesIn, runProgram } from './kit.ts';
import { startPeer } from './peer.ts';

test("-once takes what waits, stores it under the server's names, acknowledges it and exits 0", async () => {
  const peer = await startPeer();
  const kit = createKit(peer);
  const messages = peer.enqueue(250);
  const run = await runProgram(['-conf', kit.conf, '-once']);
  const files = filesIn(kit.storage);
  expect(run.error).toBe('');
  expect(run.exit).toBe(0);
  expect(files.size).toBe(250);
  for (const message of messages) expect(files.get(message.name)).toBe(message.xml);
  expect(peer.mailbox.size).toBe(0);
  expect(peer.acknowledged.length).toBe(250);
  const log = readFileSync(kit.log, 'utf8');
  expect(log).toContain('OT1001 Stat_Client 0.1.0 started, client agency-17');
  expect(log).toContain('OT1007 stopped');
  await peer.stop();
  kit.remove();
});
