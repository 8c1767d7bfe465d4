import type { Concatenation } from '../../sms-text.ts';
import { decodeSubmit, encodeDeliver, encodeReport, type SubmittedSms } from './modem-pdus.ts';

export interface SentSms extends SubmittedSms {
  readonly reference: number;
}

interface Stored {
  readonly hex: string;
  /** 0 received and unread, 1 received and read. */
  status: 0 | 1;
}

/** What the simulator does; a test changes it at any moment. */
export interface ModemBehaviour {
  /** PIN that opens the SIM; undefined: it is open. */
  pin: string | undefined;
  /** Tries for it; with the last the SIM asks for its PUK. */
  tries: number;
  simMissing: boolean;
  /** Of +CREG: 1 home, 2 searching. */
  registration: number;
  /** Of +CSQ. */
  signal: number;
  /** Answers nothing any more. */
  silent: boolean;
  /** Falls silent with the next message, and what becomes of that is not known. */
  silentFromMessage: boolean;
  echo: boolean;
  /** Answers of the next messages in turn, each instead of sending: `+CMS ERROR: 38`; `silence` swallows the message; `late` sends it and never says so. */
  refusals: string[];
  /** Answer in place of sending a message; undefined: it is sent. */
  refuse(message: SubmittedSms): string | undefined;
  /** No prompt for the next message. */
  withoutPrompt: boolean;
  /** Milliseconds until a message is answered. */
  sending: number;
  /** Status of the reports that follow each message that asks for one; undefined: none come. */
  reports: number | undefined;
  /** Milliseconds that the list of stored messages takes. */
  listing: number;
  /** Commands that stay without an answer, by their beginning: each once. */
  unheard: string[];
  /** Commands that are refused, by their beginning. */
  unknown: string[];
  /** Number of the next message. */
  reference: number;
}

export interface ModemSimulator {
  readonly behaviour: ModemBehaviour;
  /** Messages that the network has taken. */
  readonly sent: readonly SentSms[];
  /** Every command, in its order. */
  readonly commands: readonly string[];
  /** PDUs that were told and not yet acknowledged by +CNMA. */
  readonly unacknowledged: readonly string[];
  readonly stored: ReadonlyMap<number, unknown>;
  /** A computer is at the other end: what is written goes to it. Called again after the plug was pulled. */
  plug(write: (text: string) => void): void;
  feed(bytes: Uint8Array): void;
  /** The network brings a message. */
  receive(from: string, text: string, concatenation?: Concatenation): void;
  report(reference: number, address: string, status: number): void;
  /** Writes whatever the test wants. */
  say(text: string): void;
}

const IDENTITY: Readonly<Record<string, string>> = {
  'AT+CGMI': 'Vestnik',
  'AT+CGMM': 'Simulated modem',
  'AT+CGMR': 'Revision 1.0',
  'AT+CGSN': '490154203237518',
  'AT+CIMI': '250011234567890',
  ATI: 'Vestnik simulated modem',
};
const MEMORY = 30;
/** Settings that make no difference here. */
const WITHOUT_EFFECT = /^AT(?:\+(?:CMEE|CREG|CGREG|CSCS|CSMP|CLIP|CRC|CCWA|CUSD|CFUN|CSDH|CNMI|CSCA|COPS)=|[&V+A-Z]?[0-9]*$)/;

/**
 * A GSM modem with a SIM, as far as SMS in PDU mode goes: commands of 3GPP TS 27.007 and 27.005, and the network behind it.
 * awaits a line -> answers; after AT+CMGS: awaits a PDU until 0x1A (or ESC) -> sends it.
 */
export function createModemSimulator(changes: Partial<ModemBehaviour> = {}): ModemSimulator {
  const behaviour: ModemBehaviour = {
    pin: undefined,
    tries: 3,
    simMissing: false,
    registration: 1,
    signal: 20,
    silent: false,
    silentFromMessage: false,
    echo: true,
    refusals: [],
    refuse: () => undefined,
    withoutPrompt: false,
    sending: 0,
    reports: undefined,
    listing: 0,
    unheard: [],
    unknown: [],
    reference: 1,
    ...changes,
  };
  const sent: SentSms[] = [];
  const commands: string[] = [];
  const unacknowledged: string[] = [];
  const stored = new Map<number, Stored>();
  let write: (text: string) => void = () => {};
  let line = '';
  let awaitedPdu: number | undefined;
  let routing = { messages: 0, reports: 0 };
  let service = 0;

  const say = (text: string): void => {
    if (!behaviour.silent) write(text);
  };
  const answer = (...lines: string[]): void => say(lines.map((text) => `\r\n${text}\r\n`).join(''));
  const tell = (name: 'CMT' | 'CDS', hex: string): void => {
    const octets = hex.length / 2 - 1;
    say(`\r\n+${name}: ${name === 'CMT' ? `,${octets}` : octets}\r\n${hex}\r\n`);
    if (service === 1) unacknowledged.push(hex);
  };
  const store = (name: 'CMTI' | 'CDSI', hex: string): void => {
    let index = 1;
    while (stored.has(index)) index += 1;
    if (index > MEMORY) return;
    stored.set(index, { hex, status: 0 });
    if ((name === 'CMTI' ? routing.messages : routing.reports) > 0) say(`\r\n+${name}: "SM",${index}\r\n`);
  };
  const report = (reference: number, address: string, status: number): void => {
    const hex = encodeReport(reference, address, status, Date.now());
    if (routing.reports === 1) tell('CDS', hex);
    else if (routing.reports === 2) store('CDSI', hex);
  };
  const send = (hex: string, length: number): void => {
    if (behaviour.silentFromMessage) behaviour.silent = true;
    if (behaviour.silent) return;
    let message: SubmittedSms;
    try {
      message = decodeSubmit(hex, length);
    } catch {
      answer('+CMS ERROR: 304');
      return;
    }
    const refusal = behaviour.refusals.shift() ?? behaviour.refuse(message);
    if (refusal !== undefined && refusal !== 'late') {
      if (refusal !== 'silence') answer(refusal);
      return;
    }
    const { reference } = behaviour;
    behaviour.reference = (reference + 1) & 0xff;
    sent.push({ ...message, reference });
    if (refusal !== 'late') answer(`+CMGS: ${reference}`, 'OK');
    if (message.receipt && behaviour.reports !== undefined) report(reference, message.address, behaviour.reports);
  };
  const openSim = (pin: string): void => {
    if (pin === behaviour.pin && behaviour.tries > 0) behaviour.pin = undefined;
    else behaviour.tries -= 1;
    answer(behaviour.pin === undefined ? 'OK' : '+CME ERROR: 16');
  };
  const list = (status: number): void => {
    const lines = [...stored]
      .filter(([, message]) => status === 4 || message.status === status)
      .map(([index, { hex, status: is }]) => `+CMGL: ${index},${is},,${hex.length / 2 - 1}\r\n${hex}`);
    for (const message of stored.values()) message.status = 1;
    answer(...lines, 'OK');
  };
  const read = (index: number): void => {
    const message = stored.get(index);
    if (!message) answer('+CMS ERROR: 321');
    else answer(`+CMGR: ${message.status},,${message.hex.length / 2 - 1}\r\n${message.hex}`, 'OK');
    if (message) message.status = 1;
  };
  const acknowledge = (): void => answer(unacknowledged.shift() === undefined ? '+CMS ERROR: 340' : 'OK');
  const beginSending = (length: number): void => {
    if (behaviour.withoutPrompt) return;
    awaitedPdu = length;
    say('\r\n> ');
  };
  const memories = (): string => `"SM",${stored.size},${MEMORY}`;

  const patterns: readonly (readonly [RegExp, (match: RegExpExecArray) => void])[] = [
    [
      /^AT(?:E[01])?$/,
      (match) => {
        if (match[0].length === 4) behaviour.echo = match[0] === 'ATE1';
        answer('OK');
      },
    ],
    [
      /^AT\+CPIN\?$/,
      () => {
        if (behaviour.simMissing) answer('+CME ERROR: 10');
        else if (behaviour.pin === undefined) answer('+CPIN: READY', 'OK');
        else answer(behaviour.tries > 0 ? '+CPIN: SIM PIN' : '+CPIN: SIM PUK', 'OK');
      },
    ],
    [/^AT\+CPINR="SIM PIN"$/, () => answer(`+CPINR: SIM PIN,${behaviour.tries},3`, 'OK')],
    [/^AT\+CPIN="?(\d+)"?$/, (match) => openSim(match[1]!)],
    [/^AT\+CREG\?$/, () => answer(`+CREG: 1,${behaviour.registration}`, 'OK')],
    [/^AT\+CSQ$/, () => answer(`+CSQ: ${behaviour.signal},0`, 'OK')],
    [/^AT\+CMGF=\?$/, () => answer('+CMGF: (0)', 'OK')],
    [/^AT\+CMGF\?$/, () => answer('+CMGF: 0', 'OK')],
    [/^AT\+CMGF=(\d)$/, (match) => answer(match[1] === '0' ? 'OK' : '+CMS ERROR: 303')],
    [
      /^AT\+CSMS=(\d)$/,
      (match) => {
        service = Number(match[1]);
        answer('+CSMS: 1,1,1', 'OK');
      },
    ],
    [
      /^AT\+CNMI=(\d),(\d),\d,(\d)(?:,\d)?$/,
      (match) => {
        routing = { messages: Number(match[2]), reports: Number(match[3]) };
        answer('OK');
      },
    ],
    [/^AT\+CNMI=\?$/, () => answer('+CNMI: (0-2),(0-3),(0,2,3),(0-2),(0,1)', 'OK')],
    [/^AT\+CPMS="/, () => answer(`+CPMS: ${[1, 2, 3].map(() => memories().slice(5)).join(',')}`, 'OK')],
    [/^AT\+CPMS\?$/, () => answer(`+CPMS: ${[1, 2, 3].map(memories).join(',')}`, 'OK')],
    [/^AT\+CPMS=\?$/, () => answer('+CPMS: ("SM"),("SM"),("SM")', 'OK')],
    [/^AT\+CMGL=(\d)$/, (match) => setTimeout(list, behaviour.listing, Number(match[1]))],
    [/^AT\+CMGR=(\d+)$/, (match) => read(Number(match[1]))],
    [
      /^AT\+CMGD=(\d+)$/,
      (match) => {
        stored.delete(Number(match[1]));
        answer('OK');
      },
    ],
    [/^AT\+CNMA$/, acknowledge],
    [/^AT\+CSCS\?$/, () => answer('+CSCS: "GSM"', 'OK')],
    [/^AT\+CSCS=\?$/, () => answer('+CSCS: ("GSM","UCS2","HEX")', 'OK')],
    [/^AT\+CSCA\?$/, () => answer('+CSCA: "+79000000000",145', 'OK')],
    [/^AT\+COPS\?$/, () => answer('+COPS: 0,2,"25001"', 'OK')],
    [/^AT\+CMGS=(\d+)$/, (match) => beginSending(Number(match[1]))],
  ];
  const perform = (command: string): void => {
    commands.push(command);
    if (behaviour.echo) say(`${command}\r`);
    const identity = IDENTITY[command];
    const known = patterns.find(([pattern]) => pattern.test(command));
    const unheard = behaviour.unheard.findIndex((beginning) => command.startsWith(beginning));
    if (unheard >= 0) {
      behaviour.unheard.splice(unheard, 1);
      return;
    }
    if (behaviour.unknown.some((beginning) => command.startsWith(beginning))) answer('ERROR');
    else if (identity !== undefined) answer(identity, 'OK');
    else if (known) known[1](known[0].exec(command)!);
    else answer(WITHOUT_EFFECT.test(command) ? 'OK' : 'ERROR');
  };
  const takePdu = (sign: string): void => {
    const length = awaitedPdu ?? 0;
    if (sign === '\x1a' || sign === '\x1b') {
      awaitedPdu = undefined;
      const hex = line.trim();
      line = '';
      if (sign === '\x1b') answer('OK');
      else if (behaviour.sending === 0) send(hex, length);
      else setTimeout(send, behaviour.sending, hex, length);
    } else line += sign;
  };
  const take = (sign: string): void => {
    if (awaitedPdu !== undefined) takePdu(sign);
    else if (sign === '\r') {
      const command = line.trim();
      line = '';
      if (command !== '') perform(command.replace(/^at/i, 'AT'));
    } else if (sign !== '\x1b' && sign !== '\x1a' && sign !== '\n') line += sign;
  };
  return {
    behaviour,
    sent,
    commands,
    unacknowledged,
    stored,
    plug(to) {
      write = to;
      line = '';
      awaitedPdu = undefined;
    },
    feed(bytes) {
      for (const byte of bytes) take(String.fromCharCode(byte));
    },
    receive(from, text, concatenation) {
      const hex = encodeDeliver(from, text, Date.now(), concatenation);
      if (routing.messages === 2) tell('CMT', hex);
      else store('CMTI', hex);
    },
    report,
    say,
  };
}
