import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { SecretKey } from '../core/identity/secret-key.ts';
import type { BinVia } from './bin.ts';
import { type Exchange, readBlock, writeBlock } from './body-block.ts';

/** A request as it came into a bin. */
export interface TakenRequest {
  readonly via: BinVia;
  /** Made of a real event. */
  readonly personal: boolean;
  readonly method: string;
  readonly url: string;
  /** With `***` for secrets. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer | undefined;
}

const PURPOSE = 'callbacks.bins';
const MOST_UNPACKED = 64 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);
const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);

/** The request packed, and sealed for its bin. */
export async function sealRequest(key: SecretKey, token: string, { method, url, headers, body = NOTHING }: TakenRequest): Promise<Buffer> {
  const block = writeBlock([{ method, url, headers, answerHeaders: [], body, answer: NOTHING }]);
  return key.seal(PURPOSE, await pack(block, { level: 1 }), token);
}

/** @throws HubError INTERNAL when it was sealed for another bin or with another key. */
export async function openRequest(key: SecretKey, token: string, sealed: Buffer): Promise<Pick<Exchange, 'url' | 'headers' | 'body'>> {
  const [exchange] = readBlock(await unpack(key.open(PURPOSE, sealed, token), { maxOutputLength: MOST_UNPACKED }));
  return exchange ?? { url: '', headers: [], body: NOTHING };
}
