import { setTimeout as wait } from 'node:timers/promises';
import { infoOf, isRegistered, registrationOf, signalOf } from './at-answers.ts';
import type { AtAnswer, AtDialogue } from './at-dialogue.ts';
import { meaningOfError } from './error-classes.ts';
import type { PinMemory } from './pin-memory.ts';
import type { GsmSettings } from './settings.ts';

/** Why a modem cannot be used, for people; no secrets. */
export class ModemFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ModemFault';
  }
}

export interface ModemTiming {
  /** Milliseconds for the answer to a command. */
  readonly command: number;
  /** Milliseconds between two looks at a SIM that is busy. */
  readonly busy: number;
}

export interface StartedModem {
  /** Messages that come by themselves have to be acknowledged by +CNMA, or the network sends them again and the modem stops telling them. */
  readonly acknowledges: boolean;
  /** The command that has messages and reports told; said again after the modem may have forgotten it. Undefined: the modem tells nothing. */
  readonly routing: string | undefined;
}

/** How often a SIM that is busy, or opening, is asked again. */
const MOST_ASKED = 20;
/** Direct: messages (second number) and reports (fourth) in full; some modems want another first number. */
const DIRECT = ['2,2,0,1,0', '1,2,0,1,0', '3,2,0,1,0'];
/** Stored: their places are told; where reports cannot be stored they come in full. */
const STORED = ['2,1,0,2,0', '1,1,0,2,0', '2,1,0,1,0', '1,1,0,1,0'];

/** The last try is left to a person, even where nobody remembers that the PIN was refused before. */
const FEWEST_TRIES = 2;

const BUSY = new Set(['CMS 314', 'CME 14', 'CMS 515']);

/** What an answer says that is not what was wanted. @throws ModemFault always */
function fail(command: string, answer: Exclude<AtAnswer, { kind: 'ok' }>): never {
  if (answer.kind === 'refused') throw new ModemFault(`${meaningOfError(answer.code).text} (${command}: ${answer.code})`);
  throw new ModemFault(answer.kind === 'silent' ? `the modem does not answer ${command}` : 'the port was closed');
}

/** Asks until the SIM is no longer busy. */
async function askPatiently(dialogue: AtDialogue, text: string, timing: ModemTiming, signal: AbortSignal): Promise<AtAnswer> {
  for (let asked = 1; ; asked += 1) {
    const answer = await dialogue.ask({ text, timeout: timing.command });
    if (answer.kind !== 'refused' || !BUSY.has(answer.code) || asked === MOST_ASKED) return answer;
    await wait(timing.busy, undefined, { signal });
  }
}

/** Tries for the PIN that the SIM has left (3GPP TS 27.007, 8.65); undefined where the modem does not tell. */
async function triesLeft(dialogue: AtDialogue, timing: ModemTiming): Promise<number | undefined> {
  const answer = await dialogue.ask({ text: 'AT+CPINR="SIM PIN"', timeout: timing.command });
  const told = answer.kind === 'ok' ? /^"?SIM PIN"?,(\d+)/.exec(infoOf(answer.lines, '+CPINR:') ?? '') : undefined;
  return told ? Number(told[1]) : undefined;
}

/** Opens the SIM. A PIN that was given before and did not open it is not given again. @throws ModemFault */
async function openSim(
  dialogue: AtDialogue,
  pin: string | undefined,
  pins: PinMemory,
  timing: ModemTiming,
  signal: AbortSignal,
): Promise<void> {
  const state = async (): Promise<string> => {
    const answer = await askPatiently(dialogue, 'AT+CPIN?', timing, signal);
    return answer.kind === 'ok' ? (infoOf(answer.lines, '+CPIN:') ?? '') : fail('AT+CPIN?', answer);
  };
  const found = await state();
  if (found === 'READY') return;
  if (found !== 'SIM PIN') throw new ModemFault(`the SIM cannot be used: it says "${found.slice(0, 40)}"`);
  const spent = await pins.spent();
  if (pin === undefined) throw new ModemFault('the SIM asks for its PIN, and the settings have none');
  if (spent) throw new ModemFault('the SIM did not take the PIN of the settings, so it is not tried again: correct the PIN');
  const left = await triesLeft(dialogue, timing);
  if (left !== undefined && left < FEWEST_TRIES) {
    throw new ModemFault(`tries for the PIN that the SIM has left: ${left}; open it by hand, in a phone, before it locks itself`);
  }
  await pins.setSpent(true);
  const answer = await dialogue.ask({ text: `AT+CPIN="${pin}"`, timeout: timing.command });
  // The command carries the PIN: a fault must not name it.
  if (answer.kind === 'refused')
    throw new ModemFault('the SIM did not take the PIN of the settings; it is not tried again: correct the PIN');
  if (answer.kind !== 'ok') fail('the PIN', answer);
  for (let asked = 1; (await state()) !== 'READY'; asked += 1) {
    if (asked === MOST_ASKED) throw new ModemFault('the SIM took the PIN and does not become ready');
    await wait(timing.busy, undefined, { signal });
  }
  await pins.setSpent(false);
}

/** Has messages and reports told, in the first way that the modem knows. @throws ModemFault when reports are wanted and cannot be had */
async function routeNews(dialogue: AtDialogue, settings: GsmSettings, timing: ModemTiming, signal: AbortSignal): Promise<StartedModem> {
  const direct = settings.storage === 'none';
  if (!direct) {
    const { storage } = settings;
    const answer = await askPatiently(dialogue, `AT+CPMS="${storage}","${storage}","${storage}"`, timing, signal);
    if (answer.kind !== 'ok') fail('AT+CPMS', answer);
  }
  const service = await dialogue.ask({ text: direct ? 'AT+CSMS=1' : 'AT+CSMS=0', timeout: timing.command });
  const acknowledges = direct && service.kind === 'ok';
  for (const numbers of direct ? DIRECT : STORED) {
    const routing = `AT+CNMI=${numbers}`;
    const answer = await askPatiently(dialogue, routing, timing, signal);
    if (answer.kind === 'ok') return { acknowledges, routing };
    if (answer.kind !== 'refused') fail('AT+CNMI', answer);
  }
  if (settings.receipts === 'on')
    throw new ModemFault('the modem cannot tell reports (AT+CNMI is refused): try another storage, or receipts=off');
  return { acknowledges, routing: undefined };
}

/**
 * Brings a modem from whatever state to one in which messages can be sent and come in (specification 5.3).
 * @throws ModemFault saying what is missing; AbortError when `signal` aborts
 */
export async function startModem(
  dialogue: AtDialogue,
  settings: GsmSettings,
  pins: PinMemory,
  timing: ModemTiming,
  signal: AbortSignal,
): Promise<StartedModem> {
  for (const text of ['AT', 'ATE0', 'AT+CMEE=1']) {
    const answer = await dialogue.ask({ text, timeout: timing.command });
    // Without +CMEE the reasons of refusals are missing, and nothing else.
    if (answer.kind !== 'ok' && !(answer.kind === 'refused' && text === 'AT+CMEE=1')) fail(text, answer);
  }
  await openSim(dialogue, settings.pin, pins, timing, signal);
  // A modem that cannot tell changes of the registration is asked now and then.
  await dialogue.ask({ text: 'AT+CREG=1', timeout: timing.command });
  const mode = await askPatiently(dialogue, 'AT+CMGF=0', timing, signal);
  if (mode.kind !== 'ok') fail('AT+CMGF=0', mode);
  return await routeNews(dialogue, settings, timing, signal);
}

export interface RadioState {
  readonly registered: boolean;
  /** dBm; null when it is not known. */
  readonly signal: number | null;
}

/** Registration and signal as they are now; undefined when the modem does not say, so that what was known stays. */
export async function lookAtRadio(dialogue: AtDialogue, timing: ModemTiming): Promise<RadioState | undefined> {
  const registration = await dialogue.ask({ text: 'AT+CREG?', timeout: timing.command, expects: '+CREG:' });
  if (registration.kind !== 'ok') return registration.kind === 'refused' ? { registered: false, signal: null } : undefined;
  const signal = await dialogue.ask({ text: 'AT+CSQ', timeout: timing.command, expects: '+CSQ:' });
  return {
    registered: isRegistered(registrationOf(registration.lines)),
    signal: signal.kind === 'ok' ? signalOf(signal.lines) : null,
  };
}
