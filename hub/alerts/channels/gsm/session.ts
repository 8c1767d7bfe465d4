import { setTimeout as wait } from 'node:timers/promises';
import { measure } from '../../../core/telemetry/channels.ts';
import type { ChannelNews } from '../driver.ts';
import { isRegistered } from './at-answers.ts';
import { type AtDialogue, type AtNews, type AtTiming, createAtDialogue } from './at-dialogue.ts';
import type { OpenPort } from './open-port.ts';
import type { PinMemory } from './pin-memory.ts';
import { createNewsReceiver, type NewsReceiver } from './receive-news.ts';
import type { GsmSettings } from './settings.ts';
import { lookAtRadio, ModemFault, type ModemTiming, type RadioState, startModem } from './start-modem.ts';

export interface SessionTiming extends AtTiming, ModemTiming {
  /** Milliseconds between two looks at the registration while there is none. */
  readonly seek: number;
}

export interface SessionPorts {
  readonly settings: GsmSettings;
  readonly news: ChannelNews;
  readonly pins: PinMemory;
  readonly openPort: OpenPort;
  readonly timing: SessionTiming;
  answered(address: string): Promise<void>;
  /** The modem can be used from now on, as far as there is a network. @param look has it looked at at once, when something was odd */
  ready(dialogue: AtDialogue, receiver: NewsReceiver, look: () => void): void;
  /** Registration or signal were looked at. */
  radio(state: RadioState): void;
}

/**
 * One life of an open port.
 *
 * opening -> starting: the start sequence -> watching: registration and signal are looked at now and then, messages go and come
 * -> lost: the port closed, three commands stayed without an answer, or somebody outside asks for it by `signal`. In the end the port is closed.
 * @returns why it ended, for people
 */
export async function runSession(ports: SessionPorts, signal: AbortSignal): Promise<string> {
  const { settings, timing } = ports;
  const lost = new AbortController();
  const lose = (reason: string): void => lost.abort(reason);
  const over = AbortSignal.any([signal, lost.signal]);
  const early: Exclude<AtNews, { kind: 'registration' }>[] = [];
  let receiver: NewsReceiver | undefined;
  let lookAgain = false;
  let rewake = new AbortController();
  let dialogue: AtDialogue | undefined;

  const look = (): void => {
    lookAgain = true;
    rewake.abort();
  };
  const takeNews = (news: AtNews): void => {
    if (news.kind === 'registration') {
      if (!isRegistered(news.status)) ports.radio({ registered: false, signal: null });
      look();
    } else if (receiver) receiver.take(news);
    else if (early.length < 100) early.push(news);
  };
  const port = await ports
    .openPort(settings.device, settings.baud, { read: (bytes) => dialogue?.feed(bytes), closed: lose })
    .catch((error: Error) => error.message);
  if (typeof port === 'string') return `the device cannot be opened: ${port}`;
  dialogue = createAtDialogue(
    { write: (bytes) => port.write(bytes), news: takeNews, silent: () => lose('the modem does not answer') },
    timing,
  );
  const { close } = dialogue;
  over.addEventListener('abort', close);
  try {
    over.throwIfAborted();
    const modem = await startModem(dialogue, settings, ports.pins, timing, over);
    const { news, answered } = ports;
    const number = settings.number ?? '';
    receiver = createNewsReceiver({ dialogue, modem, news, answered, number, timeout: timing.command, signal: over });
    for (const told of early.splice(0)) receiver.take(told);
    if (settings.storage !== 'none') receiver.readStored();
    ports.ready(dialogue, receiver, look);
    for (let strays = 0; !over.aborted; ) {
      lookAgain = false;
      const state = await lookAtRadio(dialogue, timing);
      if (over.aborted) break;
      if (state) ports.radio(state);
      receiver.tick();
      if (dialogue.strays > strays) measure('vestnik_alerts_gsm_dropped_total', dialogue.strays - strays);
      strays = dialogue.strays;
      if (lookAgain) continue;
      rewake = new AbortController();
      const pause = state?.registered ? settings.watch * 1_000 : timing.seek;
      await wait(pause, undefined, { signal: AbortSignal.any([over, rewake.signal]) }).catch(() => {});
    }
    return typeof lost.signal.reason === 'string' ? lost.signal.reason : 'stopped';
  } catch (error) {
    if (lost.signal.aborted) return String(lost.signal.reason);
    if (error instanceof ModemFault) return error.message;
    if (over.aborted) return 'stopped';
    throw error;
  } finally {
    lose('the port was closed');
    close();
    await port.close();
  }
}
