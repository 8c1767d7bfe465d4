import { beforeAll, describe, expect, test } from 'vitest';
import { type EndpointBench, openEndpointBench } from './support/endpoints.ts';
import { openedFor } from './support/guard.ts';
import { SSRF_TABLE } from './support/ssrf-table.ts';

// The table of spec 7.3 at save and at enabling: the allow-list has what each row names, in rows that no use case would have written.
let bench: EndpointBench;
beforeAll(async () => {
  bench = await openEndpointBench();
  return () => bench.drop();
});

async function open(text: string): Promise<void> {
  await bench.rows('DELETE FROM callback_allow');
  for (const { scheme, host, port } of openedFor(text)) {
    if (port < 1 || port > 65_535) continue;
    await bench.rows(
      `INSERT INTO callback_allow (state, scheme, host, port, reason, created_by, step_by, proof_token) VALUES ('approved', $1, $2, $3, 'test', 't', 't', $4)`,
      [scheme, host, port, `${scheme}${host}${port}`],
    );
  }
}

describe('each address, saved and enabled in one act', () => {
  test.each(SSRF_TABLE)('row $row: $text -> $expected', async ({ text, expected }) => {
    await open(text);
    const before = await bench.rows('SELECT endpoint_id FROM callback_endpoint');
    const body = { family: 'order', name: 'A', url: text, enabled: true };
    const { status, json } = await bench.rest.send('POST', '/callbacks/endpoints', { body });
    if (expected === 'permitted') {
      expect({ status, enabled: json.enabled }).toEqual({ status: 201, enabled: true });
      return;
    }
    expect([400, 409]).toContain(status);
    expect(await bench.rows('SELECT endpoint_id FROM callback_endpoint')).toEqual(before);
    // What the guard found out by looking closer than the text is not told.
    expect(JSON.stringify(json)).not.toMatch(/loopback|linkLocal|uniqueLocal|address_never|cloud/i);
  });

  test.each(SSRF_TABLE.filter(({ expected }) => expected.startsWith('4')))('row $row: $text is not saved either', async ({ text }) => {
    await open(text);
    const body = { family: 'order', name: 'A', url: text };
    const { status, json } = await bench.rest.send('POST', '/callbacks/endpoints', { body });
    expect({ status, reason: json.reason }).toEqual({ status: 400, reason: 'address_refused' });
  });
});
