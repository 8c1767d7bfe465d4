import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfiguration } from '../../../config.ts';
import { startMetrics } from '../../telemetry/metrics.ts';
import type { ForeignFace } from '../foreign.ts';
import { type ForeignListener, openForeignListener } from '../foreign-listener.ts';
import { HTTP_METRICS } from '../metrics.ts';
import { rawSocket } from './support/raw-socket.ts';

const gate = Promise.withResolvers<void>();
const arrived = Promise.withResolvers<void>();
const face: ForeignFace = {
  name: 'echo',
  claims: (path) => path.startsWith('/old'),
  bodyLimit: 1_000,
  bodyTime: 1_000,
  async handle({ url, body }) {
    if (url === '/old/wait') {
      arrived.resolve();
      await gate.promise;
    }
    return { status: 200, headers: {}, body: `${url} ${body}` };
  },
  refuse: (failure) => ({ status: failure.status, headers: {}, body: failure.code }),
};

const configuration = loadConfiguration({ environment: {}, cwd: '/' });
const metrics = startMetrics(HTTP_METRICS);
let listener: ForeignListener;
beforeAll(async () => {
  listener = await openForeignListener(configuration, { host: '127.0.0.1', port: 0, setting: 'x.port' }, [face]);
});
afterAll(() => metrics.stop());

const portOf = (address: string): number => Number(new URL(address).port);

test('serves the protocol and nothing else', async () => {
  const answer = await fetch(`${listener.address}/old/a?b`, { method: 'POST', body: 'hi' });
  expect(await answer.text()).toBe('/old/a?b hi');
  expect(answer.headers.get('x-request-id')).not.toBeNull();
  expect((await fetch(`${listener.address}/healthz`)).status).toBe(404);
});

test('broken HTTP and large headers are refused', async () => {
  for (const [bytes, status] of [
    ['GARBAGE\r\n\r\n', ' 400 '],
    [`GET /old HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`, ' 431 '],
  ] as const) {
    const raw = await rawSocket(portOf(listener.address));
    raw.write(bytes);
    expect(await raw.ended()).toContain(status);
  }
});

test('a port that is taken is told with its setting', async () => {
  const at = { host: '127.0.0.1', port: portOf(listener.address), setting: 'x.port' };
  await expect(openForeignListener(configuration, at, [face])).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('x.port'),
  });
});

test('the stop waits for what is under way', async () => {
  const waiting = fetch(`${listener.address}/old/wait`);
  await arrived.promise;
  const stopped = listener.stop();
  gate.resolve();
  expect((await waiting).status).toBe(200);
  await stopped;
  await expect(fetch(`${listener.address}/old`)).rejects.toThrow();
});
