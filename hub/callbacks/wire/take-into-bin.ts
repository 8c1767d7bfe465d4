import { HubError, isDatabaseAway } from '../../core/errors.ts';
import { answerParts } from '../bin.ts';
import type { Bins } from '../bins.ts';
import { MASK } from '../header-secrets.ts';
import type { TakeIntoBin } from './send-message.ts';

const NOWHERE = { lookup: null, connect: null, tls: null } as const;

/** What the network would add around the headers of a message (wire/sender.ts). */
const onTheWire = (
  url: string,
  headers: Parameters<TakeIntoBin>[1]['headers'],
  bytes: number | undefined,
): (readonly [string, string])[] => [
  ['host', new URL(url).host],
  ['connection', 'keep-alive'],
  ...headers,
  ...(bytes === undefined ? [] : [['content-length', String(bytes)] as const]),
];

/**
 * Delivers into bins without the network: stored, then answered after the delay that the bin is set to, as a receiver would (spec 6.6). The deadline
 * of the endpoint holds here, too.
 * @param mostBytes of a body.
 */
export const createTakeIntoBin =
  (bins: Bins, mostBytes: number): TakeIntoBin =>
  async (token, { method, url, headers, body, sample, secretHeaders, timeout }, signal) => {
    const begin = performance.now();
    const timing = (): number => performance.now() - begin;
    const failed = (code: string, message: string) =>
      ({ kind: 'failed', code, connect: false, facts: { ms: { ...NOWHERE, firstByte: null, end: timing() }, message } }) as const;
    const answered = (status: number, answerHeaders: readonly (readonly [string, string])[], answer: Buffer, bin?: number) =>
      ({
        kind: 'answer',
        status,
        headers: answerHeaders,
        body: answer,
        facts: { ms: { ...NOWHERE, firstByte: timing(), end: timing() }, ...(bin !== undefined && { bin }) },
      }) as const;
    if (body && body.length > mostBytes) return answered(413, [], Buffer.alloc(0));
    try {
      const shown = headers.map(([name, value]) => [name, secretHeaders.has(name.toLowerCase()) ? MASK : value] as const);
      const taken = await bins.take(token, {
        via: sample ? 'test' : 'delivery',
        personal: !sample,
        method,
        url,
        headers: onTheWire(url, shown, body?.length),
        body,
      });
      if (!taken) return failed('bin_gone', 'there is no request bin at this address');
      const { answer, binId } = taken;
      const left = timeout - timing();
      const wait = answer.delay * 1000;
      if (!(await bins.pause(Math.min(wait, left), signal))) return failed('aborted', 'the attempt was ended from inside the hub');
      if (wait > left) return failed('timeout', `waiting for the answer took longer than ${timeout} ms`);
      if (answer.close) return failed('reset', 'the connection was closed before an answer came');
      const { status, headers: answerHeaders, body: bytes } = answerParts(answer);
      return answered(status, answerHeaders, bytes, binId);
    } catch (error) {
      // A database that is away is not the receiver's fault and costs no attempt.
      const ours = error instanceof HubError || isDatabaseAway(error);
      return failed(ours ? 'aborted' : 'bad_answer', error instanceof Error ? error.message : String(error));
    }
  };
