import type { Dispatcher } from 'undici';
import { measure, notesOf } from '../../core/telemetry/channels.ts';
import type { AddressPolicy } from '../guard/address-policy.ts';
import { type AllowEntry, compileAllowList } from '../guard/allow-match.ts';
import { judgeAddress, type Permitted, type Refused, type Target } from '../guard/judge-address.ts';
import { refusalText } from '../guard/refusal.ts';
import { type Answered, Attempt, type Failed } from './attempt.ts';
import { type Dial, dialAddresses } from './connect.ts';
import { WireFault } from './fault.ts';
import { createPools, type TlsIdentity } from './pools.ts';
import { createResolve, type Resolve } from './resolve.ts';

/** One request to a receiver: rendered, signed, ready. */
export interface SendOrder {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  /** Sent in this order and letter case, after Host and Connection; Content-Length follows. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | undefined;
  /** Milliseconds for lookup, connection and TLS together. */
  readonly connectTimeout: number;
  /** Milliseconds for everything, the answer included. */
  readonly timeout: number;
  /** Certificates of the endpoint; the same object at each attempt saves working them out again. */
  readonly tls: TlsIdentity | undefined;
  /** Owner of the endpoint; null: the agency. */
  readonly organizationId: number | null;
  readonly signal?: AbortSignal;
  /** Judged by this entry alone instead of the allow-list: for the proof of ownership, before there is an entry. */
  readonly entry?: AllowEntry;
}

/** The guard refused before anything was looked up (stages 1 to 4); the same at the next attempt, until somebody changes something. */
export interface RefusedToSend {
  readonly kind: 'refused';
  readonly stage: Refused['stage'];
  /** The exact cause: for the audit. Whoever sends a test sees the message only (spec 6.6). */
  readonly code: Refused['code'];
  readonly message: string;
  readonly russian: string;
}

export type SendResult = Answered | Failed | RefusedToSend;

/**
 * Sends requests to receivers: the only way from this module into the network (spec 6.3, 6.4). No redirects are followed, nothing is repeated,
 * and no setting of the environment changes the way. It stands on undici's `dispatch`, as `request` does, and for the same pools: without a
 * stream for each answer it costs less than `request`, although it has a deadline, caps and a log of its steps (bench/callbacks/sender.ts).
 *
 * Opened -> sends in any number -> stop() ends those under way as `aborted` -> stopped.
 */
export interface Sender {
  /** Resolves with what came of it; rejects never. */
  send(order: SendOrder): Promise<SendResult>;
  /** Pools of connections that are open. */
  readonly pools: number;
  stop(): Promise<void>;
}

export interface SenderOptions {
  /** Stages 1 to 4 for a rendered address. */
  judge(text: string, organizationId: number | null): Permitted | Refused;
  readonly policy: AddressPolicy;
  /** All attempts go through it by CONNECT. */
  readonly proxy?: URL | undefined;
  /** (Default: the name servers of the system) */
  readonly resolve?: Resolve;
  /** (Default: TCP) */
  readonly dial?: Dial;
}

const notes = notesOf('callbacks.guard');

const INSIDE = 'the attempt was ended from inside the hub';
const STOPPED: Failed = {
  kind: 'failed',
  code: 'aborted',
  connect: true,
  message: 'the hub is stopping',
  timing: { lookup: null, connect: null, tls: null, firstByte: null, end: 0 },
};

/** An address that its name led to: counted by the stage, and told to the operator, who alone may know it (spec 6.6). */
function tellRefused({ host }: Target, { secret = '' }: Failed): void {
  measure('vestnik_callback_guard_refused_total', 1, { stage: secret.startsWith('stage 6') ? '6' : '5' });
  notes.warn('a receiver leads to an address that is not permitted; nothing was sent', { host, why: secret });
}

function refuse(url: string, refused: Refused): RefusedToSend {
  const { stage, code } = refused;
  measure('vestnik_callback_guard_refused_total', 1, { stage: String(stage) });
  if (stage === 3) measure('vestnik_callback_allow_refused_total', 1);
  return { kind: 'refused', stage, code, ...refusalText(url, refused) };
}

const judgeByEntry = (order: SendOrder, entry: AllowEntry, policy: AddressPolicy): Permitted | Refused =>
  judgeAddress(order.url, {
    form: 'rendered',
    policy,
    index: compileAllowList([entry]),
    organizationId: order.organizationId,
    now: Date.now(),
  });

export function createSender(options: SenderOptions): Sender {
  const { judge, policy, proxy } = options;
  const pools = createPools({
    policy,
    proxy,
    resolve: options.resolve ?? createResolve(),
    dial: options.dial ?? dialAddresses,
  });
  const running = new Set<Attempt>();
  /** The attempts that a signal ends: hundreds share one, and a listener for each would be looked for among all the others. */
  const endedBy = new WeakMap<AbortSignal, Set<Attempt>>();
  let stopped = false;

  const attemptsOf = (signal: AbortSignal): Set<Attempt> => {
    const present = endedBy.get(signal);
    if (present) return present;
    const attempts = new Set<Attempt>();
    endedBy.set(signal, attempts);
    const abort = (): void => {
      for (const attempt of [...attempts]) attempt.cancel(new WireFault('aborted', INSIDE));
    };
    signal.addEventListener('abort', abort, { once: true });
    return attempts;
  };

  return {
    async send(order) {
      if (stopped) return STOPPED;
      const judged = order.entry ? judgeByEntry(order, order.entry, policy) : judge(order.url, order.organizationId);
      if (!judged.permitted) return refuse(order.url, judged);
      const { target } = judged;
      const kept = pools.poolFor(target, order.tls);
      kept.running += 1;
      const attempt = new Attempt(order.connectTimeout, order.timeout, () => {
        running.delete(attempt);
        kept.running -= 1;
        kept.usedAt = performance.now();
      });
      running.add(attempt);
      const { signal } = order;
      const sharing = signal && attemptsOf(signal);
      if (signal?.aborted) attempt.cancel(new WireFault('aborted', INSIDE));
      else {
        sharing?.add(attempt);
        const headers: string[] = [];
        for (const [name, value] of order.headers) headers.push(name, value);
        const request: Dispatcher.DispatchOptions = { path: target.path, method: order.method, headers, body: order.body ?? null };
        kept.pool.dispatch(request, attempt);
      }
      const result = await attempt.result;
      sharing?.delete(attempt);
      if (result.kind === 'failed' && result.code === 'address_refused') tellRefused(target, result);
      return result;
    },
    get pools() {
      return pools.size;
    },
    async stop() {
      stopped = true;
      for (const attempt of [...running]) attempt.cancel(new WireFault('aborted', 'the hub is stopping'));
      await pools.stop();
    },
  };
}
