import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { openSecrets } from '../endpoint-secrets.ts';
import { endpointCalls } from './support/endpoint-calls.ts';
import { certificatePair, type EndpointBench, openEndpointBench } from './support/endpoints.ts';

let bench: EndpointBench;
beforeAll(async () => {
  bench = await openEndpointBench();
  return () => bench.drop();
});
const { add, call } = endpointCalls(() => bench);

describe('secrets', () => {
  const HEADERS = 'Authorization: Basic s3cret-one\nX-Token: s3cret-two\nX-Open: visible';

  /** Everything that anybody can read of it, by REST, from the audit and from events. */
  const everywhere = async (id: number): Promise<string> => {
    const answers = await Promise.all(
      [`/endpoints`, `/endpoints/${id}`, `/endpoints/${id}/versions`, `/endpoints/${id}/versions/1`, `/endpoints/${id}/versions/2`].map(
        (path) => call('GET', path),
      ),
    );
    const preview = await call('POST', `/endpoints/${id}/preview`, {});
    const lint = await call('POST', `/endpoints/${id}/lint`, {});
    const stored = [
      ...(await bench.rows('SELECT * FROM audit')),
      ...(await bench.rows('SELECT data::text FROM event')),
      ...(await bench.rows("SELECT settings::text, encode(secrets, 'escape') FROM callback_endpoint_version")),
      ...(await bench.rows("SELECT encode(sealed, 'escape') FROM callback_signing_secret")),
    ];
    return JSON.stringify([...answers, preview, lint].map(({ bytes }) => bytes.toString())) + JSON.stringify(stored);
  };

  test('are shown nowhere, kept by ***, and replaced by a value', async () => {
    const { certificate, key } = await certificatePair();
    const { id, headers, client_cert } = await add({ headers: HEADERS, secret_headers: ['x-token'], client_cert: { certificate, key } });
    expect(headers).toBe('Authorization: ***\nX-Token: ***\nX-Open: visible');
    expect(client_cert).toEqual({ certificate, key: '***' });

    const changed = await call('PATCH', `/endpoints/${id}`, {
      headers: 'X-Token: ***\nAuthorization: Basic s3cret-three\nX-Open: other',
      client_cert: { certificate, key: '***' },
      name: 'B',
    });
    expect(changed.json.headers).toBe('X-Token: ***\nAuthorization: ***\nX-Open: other');
    const version = await call('GET', `/endpoints/${id}/versions/2`);
    expect(version.json).toMatchObject({ changed: ['name', 'headers'], new_secrets: ['authorization'] });

    const rows = await bench.rows<{ version: number; secrets: Buffer }>(
      'SELECT version, secrets FROM callback_endpoint_version WHERE endpoint_id = $1 ORDER BY version',
      [id],
    );
    const opened = rows.map((row) => openSecrets(bench.secretKey, id, row.version, row.secrets));
    expect(opened).toEqual([
      {
        headers: [
          { name: 'authorization', value: 'Basic s3cret-one' },
          { name: 'x-token', value: 's3cret-two' },
        ],
        clientKey: key,
      },
      {
        headers: [
          { name: 'x-token', value: 's3cret-two' },
          { name: 'authorization', value: 'Basic s3cret-three' },
        ],
        clientKey: key,
      },
    ]);
    // Bound to their record: those of one version do not open as those of another.
    expect(() => openSecrets(bench.secretKey, id, 2, rows[0]?.secrets ?? null)).toThrow(/was changed/);
    expect(() => openSecrets(bench.secretKey, id + 1, 1, rows[0]?.secrets ?? null)).toThrow(/was changed/);

    const text = await everywhere(id);
    expect(text).toContain('visible');
    for (const secret of ['s3cret-one', 's3cret-two', 's3cret-three', key.split('\n')[1] ?? '?']) expect(text).not.toContain(secret);
  });

  test('a secret alone that changed makes a version, too', async () => {
    const { id } = await add({ headers: 'X-Api-Key: one' });
    const { json } = await call('PATCH', `/endpoints/${id}`, { headers: 'X-Api-Key: two' });
    expect(json.version).toBe(2);
    expect((await call('GET', `/endpoints/${id}/versions/2`)).json).toMatchObject({
      changed: [],
      new_secrets: ['x-api-key'],
      differences: [],
    });
  });

  test('unmarking a header does not show its value', async () => {
    const { id } = await add({ headers: 'X-Token: s3cret-four', secret_headers: ['X-Token'] });
    const { status, json } = await call('PATCH', `/endpoints/${id}`, { secret_headers: [] });
    expect({ status, reason: json.reason }).toEqual({ status: 400, reason: 'headers' });
    expect((await call('PATCH', `/endpoints/${id}`, { secret_headers: [], headers: 'X-Token: open' })).json.headers).toBe('X-Token: open');
  });

  test('a signing secret is shown once; rotation keeps the one before for its time, an older one ends', async () => {
    const { id, signing_secret: first, signing_secrets } = await add({ signing: true });
    expect(first).toMatch(/^whsec_/);
    expect(signing_secrets).toMatchObject([{ valid_until: null }]);
    expect((await call('GET', `/endpoints/${id}`)).bytes.toString()).not.toContain(first);
    const before = Temporal.Now.instant();
    const rotated = await call('POST', `/endpoints/${id}/signing-secret`, {});
    expect(rotated.json.secret).toMatch(/^whsec_/);
    const hours = before.until(Temporal.Instant.from(rotated.json.before_until)).total('hours');
    expect(Math.round(hours * 10) / 10).toBe(24);
    const own = `whsec_${createHash('sha256').update('x').digest('base64')}`;
    await call('POST', `/endpoints/${id}/signing-secret`, { secret: own, keep_hours: 1 });
    const { json } = await call('GET', `/endpoints/${id}`);
    expect(json.signing_secrets).toHaveLength(2);
    expect(json.signing_secrets.map(({ valid_until }: { valid_until: string | null }) => valid_until === null)).toEqual([true, false]);
    expect(await everywhere(id)).not.toContain(first);
    expect((await call('POST', `/endpoints/${id}/signing-secret`, { secret: 'whsec_short' })).json.reason).toBe('secret');
    const unsigned = await add();
    expect(await call('POST', `/endpoints/${unsigned.id}/signing-secret`, {})).toMatchObject({
      status: 409,
      json: { reason: 'signing_off' },
    });
  });

  test('switching signing on later makes a secret, once', async () => {
    const { id } = await add();
    expect((await call('PATCH', `/endpoints/${id}`, { signing: true })).json.signing_secret).toMatch(/^whsec_/);
    await call('PATCH', `/endpoints/${id}`, { signing: false });
    expect((await call('PATCH', `/endpoints/${id}`, { signing: true })).json.signing_secret).toBeNull();
  });
});
