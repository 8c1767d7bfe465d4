import { randomUUID } from 'node:crypto';
import type { PullAnswer } from '@vestnik/protocol/feed.ts';
import { Agent, request } from 'undici';
import type { HubPeer } from '../hub/hub-peer.ts';
import type { Rate } from './rate.ts';

/** A program that pulls and acknowledges and writes nothing. */
export interface Puller {
  readonly name: string;
  readonly ca: string;
  readonly pem: string;
}

const LINES = 1_000;
const SENDERS = 4;

/** Sends all messages as NDJSON batches. @throws when a line is not created. */
export async function sendAll(hub: HubPeer, messages: readonly string[]): Promise<void> {
  let at = 0;
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      while (at < messages.length) {
        const chunk = messages.slice(at, at + LINES);
        at += LINES;
        const response = await request(`${hub.rest}/api/v1/tickets/operations`, {
          method: 'POST',
          headers: { authorization: hub.authorization, 'content-type': 'application/x-ndjson' },
          body: chunk.join('\n'),
        });
        const text = await response.body.text();
        const created = text.split('"status":"created"').length - 1;
        if (response.statusCode !== 200 || created !== chunk.length) {
          throw new Error(`${response.statusCode}: ${created} of ${chunk.length} created; ${text.slice(0, 500)}`);
        }
      }
    }),
  );
}

/** Pulls and acknowledges until `left` says that all have come. */
async function drain(hub: HubPeer, puller: Puller, took: (messages: number) => void, done: () => boolean): Promise<void> {
  const agent = new Agent({ connect: { ca: puller.ca, cert: puller.pem, key: puller.pem, servername: 'localhost' } });
  const instance = randomUUID();
  let ackThrough: { sequence: number; id: string } | undefined;
  while (!done()) {
    const response = await request(`https://${hub.feed}/feed/v1/pull`, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-feed-instance': instance },
      body: JSON.stringify({ max: 100, waitSeconds: 1, ...(ackThrough && { ackThrough }) }),
    });
    const answer = (await response.body.json()) as PullAnswer;
    if (response.statusCode !== 200) throw new Error(JSON.stringify(answer));
    took(answer.acked);
    const last = answer.messages.at(-1);
    ackThrough = last && { sequence: last.sequence, id: last.id };
  }
  await agent.destroy();
}

/**
 * The queue path whole: control messages over REST in, checked, made into XML, stored, routed; out over mutual TLS to every client, each
 * message acknowledged. Counted as out when its acknowledgement is stored.
 */
export async function queuePath(hub: HubPeer, messages: readonly string[], pullers: readonly Puller[]): Promise<Rate> {
  let out = 0;
  const begun = performance.now();
  const sending = sendAll(hub, messages).then(() => performance.now());
  const draining = Promise.all(
    pullers.map((puller) =>
      drain(
        hub,
        puller,
        (acked) => {
          out += acked;
        },
        () => out >= messages.length,
      ),
    ),
  );
  const inAt = await sending;
  await draining;
  return { count: messages.length, inSeconds: (inAt - begun) / 1000, outSeconds: (performance.now() - begun) / 1000 };
}
