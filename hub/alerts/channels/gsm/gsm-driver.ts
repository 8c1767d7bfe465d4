import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { notesOf } from '../../../core/telemetry/channels.ts';
import type { AttemptOutcome, ChannelNews, ChannelState, Driver, DriverMemory, Order } from '../driver.ts';
import type { AtDialogue } from './at-dialogue.ts';
import { isSimFault } from './error-classes.ts';
import { sameReceiver } from './message-id.ts';
import { type OpenPort, openSerialPort } from './open-port.ts';
import { memoryOfProcess, pinMemory } from './pin-memory.ts';
import type { NewsReceiver } from './receive-news.ts';
import { sendText } from './send-text.ts';
import { runSession, type SessionTiming } from './session.ts';
import type { GsmSettings } from './settings.ts';
import type { RadioState } from './start-modem.ts';

export interface GsmTiming extends SessionTiming {
  /** Milliseconds that the network may take for one part. */
  readonly send: number;
  /** Milliseconds before the port is opened again; doubled each time, from the first to the last. */
  readonly reopen: readonly [first: number, last: number];
}

export interface GsmOptions {
  /** (Default: as long as the process) */
  readonly memory?: DriverMemory;
  /** (Default: the serial port) */
  readonly openPort?: OpenPort;
  readonly timing?: Partial<GsmTiming>;
}

const TIMING: GsmTiming = { command: 5_000, busy: 1_000, seek: 2_000, send: 60_000, reopen: [1_000, 5_000] };

const notes = notesOf('alerts.gsm');

/**
 * One GSM modem: a channel group of one channel (specification 5.3).
 *
 * made -> off -> start() -> fault, while the port is opened and the modem started -> free <-> sending; free <-> fault: the network is lost and found;
 * any of them -> fault: unplugged, silent, a fault of the SIM -> the port is opened again, after 1 s to 5 s, as long as it takes;
 * stop() -> nothing new is begun, the message under way is awaited or taken back -> off.
 */
export function createGsmDriver(settings: GsmSettings, news: ChannelNews, options: GsmOptions = {}): Driver {
  const timing: GsmTiming = { ...TIMING, ...options.timing };
  const stopping = new AbortController();
  const aborting = new AbortController();
  let state: ChannelState = { state: 'off', since: Date.now(), signal: null, info: '', ok: 0, failed: 0 };
  let dialogue: AtDialogue | undefined;
  let receiver: NewsReceiver | undefined;
  let look: () => void = () => {};
  let registered = false;
  let restart = new AbortController();
  let life: Promise<void> | undefined;
  /** Of the long message that was begun last; it comes round, and begins anywhere, so that parts from before a restart are not mixed in. */
  let reference = Math.floor(Math.random() * 256);
  let sending: Promise<unknown> = Promise.resolve();
  /** The message that is being sent: to whom, and when that is answered for. */
  let present: { readonly address: string; readonly over: Promise<unknown> } | undefined;
  let closing = false;

  const change = (changes: Partial<ChannelState>): void => {
    const next = { ...state, ...changes };
    if (
      next.state === state.state &&
      next.info === state.info &&
      next.signal === state.signal &&
      next.ok + next.failed === state.ok + state.failed
    )
      return;
    state = { ...next, since: next.state === state.state ? state.since : Date.now() };
    news.changed();
  };
  const show = (): void => {
    if (dialogue && registered) change({ state: present ? 'sending' : 'free', info: '' });
    else if (dialogue) change({ state: 'fault', info: 'not registered in the network' });
  };
  const takeRadio = (radio: RadioState): void => {
    if (!stopping.signal.aborted && radio.registered !== registered)
      notes.info(radio.registered ? 'a modem is in the network' : 'a modem lost the network', { device: settings.device });
    registered = radio.registered;
    if (state.signal !== radio.signal) change({ signal: radio.signal });
    show();
  };
  const answered = async (address: string): Promise<void> => {
    if (!present || !sameReceiver(present.address, address)) return;
    await present.over;
    // Whoever waits for the outcome hears it first.
    await nextTurn();
  };
  const runOnce = async (): Promise<boolean> => {
    restart = new AbortController();
    let wasReady = false;
    const reason = await runSession(
      {
        settings,
        news,
        answered,
        timing,
        pins: pinMemory(options.memory ?? memoryOfProcess(settings.device), settings.device, settings.pin),
        openPort: options.openPort ?? openSerialPort,
        ready(begun, receives, lookNow) {
          [dialogue, receiver, look, wasReady] = [begun, receives, lookNow, true];
        },
        radio: takeRadio,
      },
      AbortSignal.any([stopping.signal, restart.signal]),
    ).finally(() => {
      dialogue = receiver = undefined;
      registered = false;
    });
    if (stopping.signal.aborted) return wasReady;
    const info = restart.signal.aborted ? String(restart.signal.reason) : reason;
    if (state.info !== info) notes.warn('a modem cannot be used', { device: settings.device, why: info });
    change({ state: 'fault', signal: null, info });
    return wasReady;
  };
  const live = async (): Promise<void> => {
    const [first, last] = timing.reopen;
    for (let pause = first; !stopping.signal.aborted; pause = Math.min(2 * pause, last)) {
      const wasReady = await runOnce().catch((error: unknown) => {
        notes.error('the driver of a modem failed', { device: settings.device }, error);
        change({ state: 'fault', signal: null, info: 'an error of the driver, see the log' });
        return false;
      });
      if (wasReady) pause = first;
      await wait(pause, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };
  const notMade = (result: 'channel' | 'canceled', code: string, detail: string): AttemptOutcome => ({
    result,
    code,
    detail,
    channel: result === 'channel' ? 0 : undefined,
    messageIds: [],
    notBefore: undefined,
  });
  const send = async (order: Order, signal: AbortSignal): Promise<AttemptOutcome> => {
    if (signal.aborted || closing) return notMade('canceled', 'canceled', 'taken back before anything was sent');
    if (order.channels?.has(0) === false) return notMade('channel', 'mask', 'the task may not use this modem');
    if (!dialogue || !registered) return notMade('channel', 'fault', state.info === '' ? 'the modem does not work' : state.info);
    reference = (reference + 1) & 0xff;
    const either = AbortSignal.any([signal, aborting.signal]);
    const sent = await sendText(order, { dialogue, settings, reference, timeout: timing.send }, either);
    if (isSimFault(sent.code)) restart.abort(sent.detail);
    // Silent once: whether it is there at all is found out now, and not at the next look.
    if (sent.code === 'timeout') look();
    return { ...sent, channel: sent.result === 'canceled' ? undefined : 0 };
  };
  const count = ({ result }: AttemptOutcome): void => {
    if (result === 'done' || result === 'submitted') change({ ok: state.ok + 1 });
    else if (result !== 'canceled') change({ failed: state.failed + 1 });
  };
  return {
    async start() {
      change({ state: 'fault', info: 'the modem is being started' });
      life ??= live();
    },
    async stop(deadline) {
      const end = performance.now() + deadline;
      const left = (): Promise<void> => wait(Math.max(0, end - performance.now()), undefined, { ref: false });
      const waiting = sending;
      const working = dialogue;
      closing = true;
      await Promise.race([waiting.then(() => receiver?.settled()), left()]);
      aborting.abort();
      stopping.abort();
      working?.close();
      await life;
      await sending;
      change({ state: 'off', signal: null, info: '' });
    },
    states: () => [state],
    capacity: () => (dialogue && registered && !closing ? 1 : 0),
    attempt(order, signal) {
      const made: Promise<AttemptOutcome> = sending.then(async () => {
        present = { address: order.address, over: made };
        show();
        const outcome = await send(order, signal).catch((error: unknown): AttemptOutcome => {
          notes.error('sending by a modem failed', { device: settings.device, attempt: order.attempt }, error);
          return { ...notMade('channel', 'error', 'an error of the driver, see the log'), result: 'unknown' };
        });
        present = undefined;
        count(outcome);
        show();
        return outcome;
      });
      sending = made;
      return made;
    },
  };
}
