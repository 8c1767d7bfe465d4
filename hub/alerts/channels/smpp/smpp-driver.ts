import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { notesOf } from '../../../core/telemetry/channels.ts';
import type { AttemptOutcome, AttemptResult, ChannelNews, Driver, Order } from '../driver.ts';
import { type Bind, type BindHost, type BindOptions, createBind } from './bind.ts';
import { createComposer } from './compose.ts';
import { PAUSES, type Pauses } from './keep-link.ts';
import { STATUS } from './pdu.ts';
import { createRate } from './rate.ts';
import { createReceiver } from './receive.ts';
import type { SmppSettings } from './settings.ts';
import { classOfStatus } from './statuses.ts';
import { type SubmissionHost, submit } from './submission.ts';

const notes = notesOf('alerts.smpp');

/** How often one and the same fault of our parameters is noted, in milliseconds. */
const ALARM_EVERY = 60_000;
/** How long a goodbye may take at least, whatever the deadline. */
const GOODBYE = 200;
const NO_IDS: readonly string[] = [];

function tlsOf({ tls, verify, ca, tlsName, host }: SmppSettings): ConnectionOptions | undefined {
  if (tls === 'none') return undefined;
  const name = tlsName ?? (isIP(host) === 0 ? host : undefined);
  return {
    rejectUnauthorized: verify === 'full',
    minVersion: 'TLSv1.2',
    ...(ca !== undefined && { ca }),
    ...(name !== undefined && { servername: name }),
  };
}

/**
 * A group of SMPP binds to one message centre (specification of alerts 5.2); each bind is a channel.
 *
 * new -> working: the binds keep their links open by themselves -> stopping: what waits is let go, what is under way is waited for -> stopped.
 *
 * Attempts go to the usable bind with the least to do, all parts of a message to the same one. One rate is over all binds. `messageIds` are given in the
 * spelling of message-id.ts, and so are receipts; an engine that has forgotten the last messages looks them up under `messageIdForms` of the receipt.
 * A receipt is told only after the attempt it belongs to has been answered.
 *
 * @param settings parsed by settingsSchema
 * @param pauses between tries to connect; other ones only in tests
 */
export function createSmppDriver(settings: SmppSettings, news: ChannelNews, pauses: Pauses = PAUSES): Driver {
  const compose = createComposer(settings);
  const rate = createRate(settings.tps);
  const alarms = new Map<number, number>();
  let serial = 0;
  let turn = 0;
  let deliveries = 0;
  let stage: 'new' | 'working' | 'stopping' | 'stopped' = 'new';
  let waker: NodeJS.Timeout | undefined;

  const receiver = createReceiver(news, oldest, () => serial);
  const bindHost: BindHost = {
    rate,
    nextSerial: () => ++serial,
    wait(milliseconds) {
      waker ??= setTimeout(() => {
        waker = undefined;
        pump();
      }, milliseconds);
    },
    answered() {
      receiver.answered();
      pump();
    },
    async deliver(message) {
      deliveries++;
      try {
        return await receiver.deliver(message);
      } catch (error) {
        // A defect of ours costs neither the message, which comes again, nor the process.
        notes.error('a message of the centre could not be taken', {}, error);
        return STATUS.receiverTemporary;
      } finally {
        deliveries--;
      }
    },
    changed() {
      news.changed();
    },
  };
  const bindOptions: Omit<BindOptions, 'name'> = {
    host: settings.host,
    port: settings.port ?? (settings.tls === 'implicit' ? 3550 : 2775),
    tls: tlsOf(settings),
    fields: { systemId: settings.systemId, password: settings.password, systemType: settings.systemType },
    enquireLink: settings.enquireLink * 1000,
    respTimeout: settings.respTimeout * 1000,
    separate: settings.mode === 'transmitter+receiver',
    window: settings.window,
    pauses,
  };
  const binds: readonly Bind[] = Array.from({ length: settings.binds }, (_, index) =>
    createBind({ ...bindOptions, name: `${settings.host} ${index + 1}` }, bindHost),
  );

  function oldest(): number | undefined {
    let least: number | undefined;
    for (const bind of binds) {
      const own = bind.oldest();
      if (own !== undefined && (least === undefined || own < least)) least = own;
    }
    return least;
  }
  /** The binds take turns in being the first, so that none takes the whole rate. */
  function pump(): void {
    turn = (turn + 1) % binds.length;
    for (let index = 0; index < binds.length; index++) binds[(turn + index) % binds.length]?.pump();
  }
  function choose(allowed: Order['channels']): number | undefined {
    let best: number | undefined;
    let least = Number.POSITIVE_INFINITY;
    binds.forEach((bind, place) => {
      if (!bind.usable() || allowed?.has(place) === false) return;
      const load = bind.load();
      if (load >= least) return;
      least = load;
      best = place;
    });
    return best;
  }
  /** Our own parameters are wrong: somebody has to look at the settings. */
  function alarm(status: number): void {
    const now = performance.now();
    if (now - (alarms.get(status) ?? Number.NEGATIVE_INFINITY) < ALARM_EVERY) return;
    if (alarms.size >= 100) alarms.clear();
    alarms.set(status, now);
    notes.error('the message centre does not accept what we send: check the settings of the group', { host: settings.host, status });
  }
  const outcome = (result: AttemptResult, code: string, detail: string, channel?: number, messageIds = NO_IDS): AttemptOutcome => ({
    result,
    code,
    detail,
    channel,
    messageIds,
    notBefore: undefined,
  });

  async function attempt(order: Order, signal: AbortSignal): Promise<AttemptOutcome> {
    if (stage !== 'working') return outcome('channel', 'stopped', 'the channel group is not working');
    if (signal.aborted) return outcome('canceled', 'aborted', 'called back before anything left');
    const composition = compose(order);
    if ('fault' in composition)
      return outcome(composition.fault === 'sender' ? 'channel' : 'permanent', composition.fault, composition.why);
    const host: SubmissionHost = {
      pump,
      throttled(sentAt) {
        rate.throttled(sentAt, performance.now());
        news.changed();
      },
      taken: (id) => (id === '' ? '' : receiver.taken(id, order.address)),
    };
    for (let tries = 0; tries < binds.length; tries++) {
      const place = choose(order.channels);
      const bind = place === undefined ? undefined : binds[place];
      if (!bind) break;
      const { result, code, detail, ids, elsewhere } = await submit(composition.messages, bind, host, signal);
      if (elsewhere && stage === 'working') continue;
      if (elsewhere) return outcome('canceled', 'stopped', 'the channel group was stopped before anything left', place);
      // Called back or asked to slow down, nothing has gone well or ill.
      if (result !== 'slow' && result !== 'canceled') bind.count(result === 'submitted');
      const status = Number(code);
      if ((result === 'channel' || result === 'unknown') && Number.isInteger(status) && classOfStatus(status).alarm) alarm(status);
      if (result !== 'submitted')
        return outcome(result, code, detail, place, result === 'unknown' ? ids.filter((id) => id !== '') : NO_IDS);
      if (settings.receipts === 'off') return outcome('done', code, detail, place, ids);
      if (ids.includes('')) return outcome('unknown', code, 'the centre has taken it and gave no id, so no receipt can be known', place);
      return outcome('submitted', code, detail, place, ids);
    }
    const faults = binds.filter((_, place) => order.channels?.has(place) !== false).map((bind) => bind.state().info);
    return outcome('channel', 'unbound', `no bind that may be used is bound: ${faults[0] ?? 'none is allowed'}`);
  }

  return {
    attempt,
    async start() {
      if (stage !== 'new') return;
      stage = 'working';
      for (const bind of binds) bind.start();
    },
    async stop(deadline) {
      if (stage === 'stopped') return;
      const first = stage === 'new';
      stage = 'stopping';
      const end = performance.now() + deadline;
      for (const bind of binds) bind.flush();
      while (!first && (oldest() !== undefined || deliveries > 0) && performance.now() < end) await sleep(10);
      receiver.flush();
      if (!first) await Promise.all(binds.map((bind) => bind.stop(Math.max(GOODBYE, end - performance.now()))));
      clearTimeout(waker);
      stage = 'stopped';
    },
    states: () => binds.map((bind) => bind.state()),
    capacity() {
      if (stage !== 'working') return 0;
      const windows = binds.filter((bind) => bind.usable()).length * settings.window;
      return Math.min(windows, Math.max(1, Math.ceil(rate.current(performance.now()))));
    },
  };
}
