import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { newSigningSecret, signatureHeaders, signingKey } from '../signing.ts';

describe('signatures by Standard Webhooks', () => {
  const key = signingKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') ?? Buffer.alloc(0);
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', seconds: 1_614_265_330, body: Buffer.from('{"test": 2432232314}') };

  test('the check vector', () => {
    expect(signatureHeaders(message, [key])).toEqual([
      ['webhook-id', 'msg_p5jXN8AQM9LWM0D4loKWxJek'],
      ['webhook-timestamp', '1614265330'],
      ['webhook-signature', 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='],
    ]);
  });

  test('two keys make two signatures, the newest first, with a space between', () => {
    const other = signingKey(newSigningSecret()) ?? Buffer.alloc(0);
    const value = signatureHeaders(message, [other, key])[2]?.[1] ?? '';
    const [first, second] = value.split(' ');
    expect(second).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
    expect(first).toBe(
      `v1,${createHmac('sha256', other).update('msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}').digest('base64')}`,
    );
  });

  test('GET signs an empty body; the bytes are signed as they are', () => {
    const empty = createHmac('sha256', key).update('m.5.').digest('base64');
    expect(signatureHeaders({ id: 'm', seconds: 5, body: undefined }, [key])[2]?.[1]).toBe(`v1,${empty}`);
    const bytes = Buffer.from([0xcf, 0xf0, 0x00, 0xff]);
    const raw = createHmac('sha256', key)
      .update(Buffer.concat([Buffer.from('m.5.'), bytes]))
      .digest('base64');
    expect(signatureHeaders({ id: 'm', seconds: 5, body: bytes }, [key])[2]?.[1]).toBe(`v1,${raw}`);
  });
});

describe('secrets', () => {
  test('a new one has 32 random bytes', () => {
    const secrets = Array.from({ length: 20 }, newSigningSecret);
    expect(new Set(secrets).size).toBe(20);
    for (const secret of secrets) expect(signingKey(secret)?.length).toBe(32);
  });

  test.each([
    ['no prefix', Buffer.alloc(32).toString('base64')],
    ['too short', `whsec_${Buffer.alloc(23).toString('base64')}`],
    ['too long', `whsec_${Buffer.alloc(65).toString('base64')}`],
    ['base64url', `whsec_${Buffer.alloc(33, 0xfb).toString('base64url')}`],
    ['spaces', `whsec_ ${Buffer.alloc(32).toString('base64')}`],
    ['nothing', 'whsec_'],
  ])('%s is none', (_, secret) => {
    expect(signingKey(secret)).toBeUndefined();
  });
});
