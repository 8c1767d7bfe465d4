import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BIN, type EndpointBench, openEndpointBench } from './support/endpoints.ts';

const MIGRATION = readFileSync(new URL('../sql/migrations/0006-billing-family.sql', import.meta.url), 'utf8');

let bench: EndpointBench;
beforeAll(async () => {
  bench = await openEndpointBench();
});
afterAll(() => bench.drop());

test('endpoints from before the billing get its settings, in the order of the schema, and can be saved again', async () => {
  const made = await bench.rest.send('POST', '/callbacks/endpoints', { body: { family: 'order', name: 'old', url: BIN } });
  const { id } = made.json;
  const settings = async (): Promise<string> =>
    (await bench.rows<{ text: string }>('SELECT settings::text AS text FROM callback_endpoint_version WHERE endpoint_id = $1', [id]))[0]
      ?.text ?? '';
  const fresh = await settings();
  const old = fresh.replace(',"groups":[],"subscriber_data":false', '');
  expect(old).not.toBe(fresh);
  await bench.rows('UPDATE callback_endpoint_version SET settings = $2::json WHERE endpoint_id = $1', [id, old]);
  for (const statement of MIGRATION.split(';\n')) if (statement.trim() !== '') await bench.rows(statement);
  expect(JSON.stringify(JSON.parse(await settings()))).toBe(JSON.stringify(JSON.parse(fresh)));
  const shown = await bench.rest.send('GET', `/callbacks/endpoints/${id}`);
  expect(shown.json).toMatchObject({ groups: [], subscriber_data: false });
  expect((await bench.rest.send('PATCH', `/callbacks/endpoints/${id}`, { body: { name: 'new' } })).json).toMatchObject({ version: 2 });
  const [row] = await bench.rows<{ changed: string[] }>(
    'SELECT changed FROM callback_endpoint_version WHERE endpoint_id = $1 AND version = 2',
    [id],
  );
  expect(row?.changed).toEqual(['name']);
});

test('the database itself keeps endpoints of the billing with the hub', async () => {
  await expect(bench.rows(`INSERT INTO callback_endpoint (family, organization_id, name) VALUES ('billing', 5, 'x')`)).rejects.toThrow(
    /check/,
  );
  await expect(bench.rows(`INSERT INTO callback_endpoint (family, name) VALUES ('news', 'x')`)).rejects.toThrow(
    /callback_endpoint_family_check/,
  );
});
