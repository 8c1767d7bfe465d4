import { createAddressPolicy } from '@vestnik/hub/callbacks/guard/address-policy.ts';
import { compileAllowList } from '@vestnik/hub/callbacks/guard/allow-match.ts';
import { judgeAddress, type Permitted } from '@vestnik/hub/callbacks/guard/judge-address.ts';
import { createVerdicts } from '@vestnik/hub/callbacks/guard/verdicts.ts';
import { createSender, type Sender } from '@vestnik/hub/callbacks/wire/sender.ts';
import { Pool } from 'undici';
import { startSink } from './sink-peer.ts';

/** What one way of sending needed. */
export interface SenderFigures {
  readonly name: string;
  /** Requests a second, one per round. */
  readonly perSecond: readonly number[];
  /** Processor time of the sending process per request in microseconds, one per round. */
  readonly microseconds: readonly number[];
}

export interface SenderBenchOptions {
  readonly rounds: number;
  /** Seconds of one round of one way. */
  readonly seconds: number;
  /** Requests under way at a time; endpoints with an address of their own on the one receiver. */
  readonly concurrency: number;
  readonly endpoints: number;
}

const BODY = Buffer.alloc(1_024, 'x');
const HEADERS = [
  ['Content-Type', 'text/xml;charset=UTF-8'],
  ['User-Agent', 'Vestnik'],
] as const;

export const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[values.length >> 1] ?? Number.NaN;

type Send = (at: number) => Promise<unknown>;

/** Keeps `concurrency` requests under way for so many seconds. */
async function load(send: Send, { concurrency, seconds }: SenderBenchOptions): Promise<{ perSecond: number; microseconds: number }> {
  let sent = 0;
  const before = process.cpuUsage();
  const began = performance.now();
  const end = began + seconds * 1_000;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (performance.now() < end) {
        sent += 1;
        await send(sent);
      }
    }),
  );
  const passed = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(before);
  return { perSecond: sent / passed, microseconds: (user + system) / sent };
}

/** An order of the sender; anything but a 200 ends the bench. */
function sending(sender: Sender, urlOf: (at: number) => string): Send {
  return async (at) => {
    const result = await sender.send({
      url: urlOf(at),
      method: 'POST',
      headers: HEADERS,
      body: BODY,
      connectTimeout: 5_000,
      timeout: 30_000,
      tls: undefined,
      organizationId: null,
    });
    if (result.kind !== 'answer' || result.status !== 200) throw new Error(JSON.stringify(result));
  };
}

/**
 * The sender alone, without a database, beside a bare loop over an undici pool, on kept connections to one receiver; and with the guard beside
 * the same sender without it (specification of callbacks, chapter 8, P11). The ways take turns, so that a busy machine is busy for all of them.
 * `own address`: endpoints with addresses that stay; `new addresses`: a variable in the path makes each request's address a new one.
 */
export async function measureSender(options: SenderBenchOptions): Promise<SenderFigures[]> {
  const sink = await startSink();
  const origin = `http://127.0.0.1:${sink.port}`;
  const policy = createAddressPolicy({ ports: ['1024-65535'], networks: [], exactAddresses: [`127.0.0.1:${sink.port}`] }, () => new Set());
  const entry = {
    id: 1,
    scheme: 'http',
    host: '127.0.0.1',
    port: sink.port,
    pathPrefix: '',
    networks: [],
    organizations: [],
    validUntil: null,
  } as const;
  const verdicts = createVerdicts(policy, compileAllowList([entry]));
  const { target, ...verdict } = verdicts.judge(`${origin}/`, null) as Permitted;
  // Without the guard: the way is known, nothing is looked at.
  const unguarded = (text: string): Permitted => ({ ...verdict, target: { ...target, path: text.slice(origin.length) } });

  const bare = new Pool(origin, { connections: options.concurrency });
  const guarded = createSender({ policy, judge: verdicts.judge });
  const free = createSender({ policy, judge: unguarded });
  const headers = HEADERS.flat();
  const own = Array.from({ length: options.endpoints }, (_, at) => `${origin}/in/${at}`);
  const ownUrl = (at: number): string => own[at % own.length] ?? origin;
  const newUrl = (at: number): string => `${origin}/in/${at}/trip?order=${at * 7}`;
  const ways: readonly (readonly [name: string, send: Send])[] = [
    [
      'bare undici pool',
      async (at) => (await bare.request({ path: `/in/${at % own.length}`, method: 'POST', headers, body: BODY })).body.dump(),
    ],
    ['sender, no guard, own address', sending(free, ownUrl)],
    ['sender, guard, own address', sending(guarded, ownUrl)],
    ['sender, no guard, new addresses', sending(free, newUrl)],
    ['sender, guard, new addresses', sending(guarded, newUrl)],
  ];
  const figures = ways.map(([name]) => ({ name, perSecond: [] as number[], microseconds: [] as number[] }));
  try {
    for (const [, send] of ways) await load(send, options);
    for (let round = 0; round < options.rounds; round += 1) {
      // Each round begins with another way.
      for (let turn = 0; turn < ways.length; turn += 1) {
        const at = (round + turn) % ways.length;
        const [, send] = ways[at] as readonly [string, Send];
        const { perSecond, microseconds } = await load(send, options);
        figures[at]?.perSecond.push(perSecond);
        figures[at]?.microseconds.push(microseconds);
      }
    }
  } finally {
    await Promise.all([bare.destroy(), guarded.stop(), free.stop()]);
    await sink.stop();
  }
  return figures;
}

/**
 * What the guard adds to the processor time of a request: 0.03 is 3 %. The median over rounds of the ratio within a round: what else the
 * machine does changes less within a round than between rounds.
 */
export function guardCost(figures: readonly SenderFigures[], addresses: 'own address' | 'new addresses'): number {
  const of = (guard: string): readonly number[] =>
    figures.find(({ name }) => name === `sender, ${guard}, ${addresses}`)?.microseconds ?? [];
  const without = of('no guard');
  return median(of('guard').map((time, round) => time / (without[round] ?? Number.NaN))) - 1;
}

/** Nanoseconds that the guard takes for one rendered address of a known endpoint, and for one judged from the beginning. */
export function measureJudging(count: number): { readonly known: number; readonly whole: number } {
  const policy = createAddressPolicy({ ports: ['443'], networks: [], exactAddresses: [] }, () => new Set());
  const entry = {
    id: 1,
    scheme: 'https',
    host: 'sap.client.example',
    port: 443,
    pathPrefix: '/in',
    networks: [],
    organizations: [],
    validUntil: null,
  } as const;
  const index = compileAllowList([entry]);
  const { judge } = createVerdicts(policy, index);
  const urls = Array.from({ length: 1_000 }, (_, at) => `https://sap.client.example/in/${at}/trip?order=${at * 7}`);
  const timed = (judgeOne: (text: string) => { readonly permitted: boolean }): number => {
    const began = performance.now();
    for (let at = 0; at < count; at += 1) if (!judgeOne(urls[at % urls.length] ?? '').permitted) throw new Error('refused');
    return ((performance.now() - began) * 1e6) / count;
  };
  const now = Date.now();
  const known = (text: string) => judge(text, null);
  const whole = (text: string) => judgeAddress(text, { form: 'rendered', policy, index, organizationId: null, now });
  timed(known);
  timed(whole);
  return { known: timed(known), whole: timed(whole) };
}

if (import.meta.main) {
  const [rounds = '100', seconds = '0.1'] = process.argv.slice(2);
  const figures = await measureSender({ rounds: Number(rounds), seconds: Number(seconds), concurrency: 64, endpoints: 100 });
  for (const { name, perSecond, microseconds } of figures) {
    const spread = `${Math.round(Math.min(...perSecond))}..${Math.round(Math.max(...perSecond))}`;
    console.log(
      `${name.padEnd(34)} ${Math.round(median(perSecond))}/s (${spread}), ${median(microseconds).toFixed(1)} us of processor a request`,
    );
  }
  console.log(`guard, own address:   ${(guardCost(figures, 'own address') * 100).toFixed(1)} % of processor time`);
  console.log(`guard, new addresses: ${(guardCost(figures, 'new addresses') * 100).toFixed(1)} % of processor time`);
  const { known, whole } = measureJudging(300_000);
  console.log(`judging alone: ${Math.round(known)} ns an address of a known origin, ${Math.round(whole)} ns from the beginning`);
}
