import { expect, test } from 'vitest';
import { openLineBench } from './support/line-bench.ts';

test('without its database the server says nothing false: a command answers its own error or the connection is closed', async () => {
  const bench = await openLineBench();
  const [writer, reader, deleter] = [await bench.client(), await bench.client(), await bench.client()];
  await bench.db.database.close();
  expect(await writer.ask('ADDGROUP A x')).toMatch(/^ADDGROUP ERR_ADDGROUP /);
  // What needs no database is served on.
  expect(await writer.ask('PING on')).toBe('PING OK on');
  expect(await deleter.ask('DELLIST 1')).toMatch(/^DELLIST ERR_DELLIST /);
  reader.say('GETCHANNELS');
  expect(await reader.closed()).toEqual([]);
  for (const client of [writer, deleter]) client.end();
  await bench.stop();
});
