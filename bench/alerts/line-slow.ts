import { setTimeout as pauseFor } from 'node:timers/promises';
import { type Ground, say } from './ground.ts';
import { type LineClient, signedIn } from './line-client.ts';

/** Many listings at once whose readers are slow, and a session beside them that asks for next to nothing. */
const READERS = 100;
const SECONDS = 10;
/** A reader takes what has come, then nothing for so long. Milliseconds. */
const REST = 100;
const PAUSE = 5;
const LOOK_EVERY = 1_000;
/** MiB for each reader, and milliseconds that the other session may wait at the 99th percentile. */
const MEMORY_GOAL = 1;
const PING_GOAL = 50;
const MIB = 1024 * 1024;

/** Begins a listing and reads it slowly until it is stopped. */
function readSlowly(client: LineClient): { stop(): void; bytes(): number } {
  let bytes = 0;
  let resting: NodeJS.Timeout | undefined;
  client
    .list('GETABONENTS', 'never', (chunk) => {
      bytes += chunk.length;
      client.pause();
      resting ??= setTimeout(() => {
        resting = undefined;
        client.resume();
      }, REST);
    })
    .catch(() => undefined);
  return {
    stop() {
      clearTimeout(resting);
      client.close();
    },
    bytes: () => bytes,
  };
}

/** How long a session waits for its answers. Milliseconds. */
async function waitsOf(client: LineClient): Promise<{ asked: number; median: number; p99: number }> {
  const waits: number[] = [];
  const end = performance.now() + SECONDS * 1000;
  while (performance.now() < end) {
    const asked = performance.now();
    await client.ask('PING a');
    waits.push(performance.now() - asked);
    await pauseFor(PAUSE);
  }
  waits.sort((one, two) => one - two);
  const at = (share: number): number => waits[Math.floor(waits.length * share)] ?? Number.NaN;
  return { asked: waits.length, median: at(0.5), p99: at(0.99) };
}

export async function slowReaders(ground: Ground, people: number): Promise<void> {
  const other = await signedIn(ground);
  const alone = await waitsOf(other);
  const clients = await Promise.all(Array.from({ length: READERS }, () => signedIn(ground)));
  await ground.memory();
  const before = await ground.memory();
  const readers = clients.map(readSlowly);
  const { median, p99, asked } = await waitsOf(other);
  // Its collections would be waits of the other session.
  let most = before;
  for (let look = 0; look < 3; look += 1) {
    most = Math.max(most, await ground.memory());
    await pauseFor(LOOK_EVERY);
  }
  const read = readers.reduce((sum, reader) => sum + reader.bytes(), 0) / MIB;
  for (const reader of readers) reader.stop();
  other.close();
  const each = (most - before) / MIB / READERS;
  say(
    `  ${READERS} listings of ${people} people at once, slow readers, ${SECONDS} s: ${(read / SECONDS).toFixed(0)} MiB/s together; memory ${each.toFixed(2)} MiB each (goal ${MEMORY_GOAL}): ${each <= MEMORY_GOAL ? 'reached' : 'MISSED'}`,
  );
  say(
    `    PING of another session: ${asked} asked, median ${median.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (goal ${PING_GOAL}): ${p99 < PING_GOAL ? 'reached' : 'MISSED'}; before the listings median ${alone.median.toFixed(1)} ms, p99 ${alone.p99.toFixed(1)} ms`,
  );
}
