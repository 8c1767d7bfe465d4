import { readFinal, readUnsolicited, type Unsolicited } from './at-answers.ts';
import { type AtPiece, createAtLines } from './at-lines.ts';

export interface AtCommand {
  /** Without the CR: `AT+CSQ`. */
  readonly text: string;
  /** Milliseconds for the answer; behind a prompt they begin again. */
  readonly timeout: number;
  /** Beginning of a line that must stand before the OK: an OK without it is the late answer to something else. */
  readonly expects?: string;
  /** Sent with 0x1A when the modem prompts for it, within `promptTimeout`. */
  readonly payload?: string;
  /** Goes before those that wait. */
  readonly urgent?: boolean;
  /** Takes the command back: before the payload has left nothing is sent; behind it the answer is no longer waited for. */
  readonly signal?: AbortSignal;
}

export type AtAnswer =
  | { readonly kind: 'ok'; readonly lines: readonly string[] }
  /** `code` as `readFinal` gives it. */
  | { readonly kind: 'refused'; readonly code: string; readonly payloadSent: boolean }
  /** No answer in time. */
  | { readonly kind: 'silent'; readonly payloadSent: boolean }
  /** `signal` took it back. */
  | { readonly kind: 'withdrawn'; readonly payloadSent: boolean }
  /** The dialogue was closed before the answer. */
  | { readonly kind: 'closed'; readonly payloadSent: boolean };

/** A PDU that came by itself, or that something happened. */
export type AtNews = Exclude<Unsolicited, { kind: 'pdu-follows' }> | { readonly kind: 'pdu'; readonly hex: string };

export interface AtPorts {
  write(bytes: string): void;
  news(news: AtNews): void;
  /** Three commands in a row got no answer: whoever hears it closes the dialogue, or those that wait go on waiting. */
  silent(): void;
}

export interface AtTiming {
  /** (Default: 5,000) Milliseconds for a prompt, and for the answer that brings both sides together again. */
  readonly promptTimeout?: number;
  /** (Default: 300) Milliseconds without a byte after which nothing of an old answer is to come. */
  readonly quiet?: number;
}

export interface AtDialogue {
  /** Never rejects. */
  ask(command: AtCommand): Promise<AtAnswer>;
  /** What the port has read. */
  feed(bytes: Uint8Array): void;
  /** True while a command is under way or waits. */
  readonly busy: boolean;
  /** Lines that belong to nothing, and lines too long, since the beginning. */
  readonly strays: number;
  close(): void;
}

const CTRL_Z = '\x1a';
const ESCAPE = '\x1b';
const MOST_SILENT = 3;
/** Lines of one answer; a modem that talks without end does not fill the memory. */
const MOST_LINES = 1_000;
const PDU = /^[0-9A-Fa-f]+$/;

interface Running {
  readonly command: AtCommand;
  readonly lines: string[];
  readonly done: (answer: AtAnswer) => void;
  timer: NodeJS.Timeout | undefined;
  /** When its time is over, by the clock of `performance`. */
  until: number;
  payloadSent: boolean;
  /** Brings both sides together: the dialogue's own command, which ends when nothing more comes. */
  readonly syncing: boolean;
  answered: boolean;
}

/**
 * Speaks AT with a modem: one command at a time, and what comes by itself in between.
 *
 * new -> syncing, before the first command -> idle;
 * idle -> asking: the command is written, its answer is awaited -> idle with the answer | silent: the time is over;
 * asking with a payload: awaits the prompt -> payload written -> awaits the answer; without a prompt it is left by ESC, and nothing was sent;
 * silent -> syncing, before the next command: ESC and AT, until there is an OK and then quiet, so that a late answer is not taken for the next one's;
 * asking and taken back: before the payload has left -> ESC, as without a prompt; behind it the dialogue stays busy until the answer;
 * three silent commands in a row -> `silent()` is told; any state -> closed: all that wait are answered with `closed`.
 */
export function createAtDialogue(ports: AtPorts, timing: AtTiming = {}): AtDialogue {
  const { promptTimeout = 5_000, quiet = 300 } = timing;
  const lines = createAtLines();
  const waiting: Running[] = [];
  let running: Running | undefined;
  let pduFollows = false;
  /** A program before us may have left a message half typed: the first words bring both sides together, too. */
  let doubtful = true;
  let silentInRow = 0;
  let strays = 0;
  let closed = false;

  const finish = (answer: AtAnswer): void => {
    const ended = running;
    if (!ended) return;
    clearTimeout(ended.timer);
    running = undefined;
    lines.awaitPrompt(false);
    if (answer.kind === 'silent') silentInRow += 1;
    if (answer.kind === 'silent' || answer.kind === 'withdrawn') doubtful = true;
    else if (ended.syncing) doubtful = false;
    if (answer.kind === 'ok' || answer.kind === 'refused') silentInRow = 0;
    ended.done(answer);
    if (silentInRow === MOST_SILENT && answer.kind === 'silent') ports.silent();
    next();
  };
  const endSilent = (): void => {
    if (!running) return;
    const { payloadSent } = running;
    // A modem that still waits for the text would take the next command for it.
    if (running.command.payload !== undefined && !payloadSent) ports.write(ESCAPE);
    finish({ kind: 'silent', payloadSent });
  };
  const withdraw = (asked: Running): void => {
    const place = waiting.indexOf(asked);
    if (place >= 0) {
      waiting.splice(place, 1);
      asked.done({ kind: 'withdrawn', payloadSent: false });
    } else if (running === asked && !asked.payloadSent && asked.command.payload !== undefined) {
      ports.write(ESCAPE);
      finish({ kind: 'withdrawn', payloadSent: false });
    } else if (running === asked) {
      // The modem is at work on it and answers some time: only nobody waits any more.
      asked.done({ kind: 'withdrawn', payloadSent: asked.payloadSent });
    }
  };
  const begin = (started: Running): void => {
    running = started;
    const { command, syncing } = started;
    lines.awaitPrompt(command.payload !== undefined);
    const time = command.payload === undefined ? command.timeout : promptTimeout;
    started.until = performance.now() + time;
    started.timer = setTimeout(endSilent, time);
    ports.write(syncing ? `${ESCAPE}${command.text}\r` : `${command.text}\r`);
  };
  const next = (): void => {
    if (running || closed || waiting.length === 0) return;
    if (doubtful) begin(sync());
    else begin(waiting.shift()!);
  };
  const sync = (): Running => ({ ...fresh({ text: 'AT', timeout: promptTimeout }, () => {}), syncing: true });

  const takePrompt = (): void => {
    const { command } = running!;
    clearTimeout(running!.timer);
    running!.timer = setTimeout(endSilent, command.timeout);
    running!.payloadSent = true;
    ports.write(`${command.payload}${CTRL_Z}`);
  };
  const takeFinal = (line: string): boolean => {
    const final = readFinal(line);
    if (!final || !running) return false;
    if (running.syncing) {
      running.answered = true;
      return true;
    }
    const { expects } = running.command;
    if (!final.ok) finish({ kind: 'refused', code: final.code, payloadSent: running.payloadSent });
    else if (expects === undefined || running.lines.some((given) => given.startsWith(expects)))
      finish({ kind: 'ok', lines: running.lines });
    else return false;
    return true;
  };
  const isEcho = (line: string): boolean =>
    running !== undefined && (line === running.command.text || line.endsWith(CTRL_Z) || line === running.command.payload);
  const takeLine = (line: string): void => {
    const follows = pduFollows;
    pduFollows = false;
    const isPdu = follows && PDU.test(line);
    if (follows && !isPdu) strays += 1;
    const told = isPdu ? undefined : readUnsolicited(line);
    if (isPdu) ports.news({ kind: 'pdu', hex: line });
    else if (told?.kind === 'pdu-follows') pduFollows = true;
    else if (told) ports.news(told);
    else if (!isEcho(line) && !takeFinal(line)) {
      if (running && !running.syncing && running.lines.length < MOST_LINES) running.lines.push(line);
      else strays += 1;
    }
  };
  const take = (piece: AtPiece): void => {
    if (piece.kind === 'line') takeLine(piece.text);
    else if (running?.command.payload !== undefined) takePrompt();
  };
  const awaitQuiet = (): void => {
    if (!running?.syncing || !running.answered) return;
    clearTimeout(running.timer);
    // A modem that is never quiet has answered all the same.
    const time = Math.max(0, Math.min(quiet, running.until - performance.now()));
    running.timer = setTimeout(() => finish({ kind: 'ok', lines: [] }), time);
  };
  return {
    ask(command) {
      return new Promise((done) => {
        if (closed) return done({ kind: 'closed', payloadSent: false });
        const { signal } = command;
        if (signal?.aborted) return done({ kind: 'withdrawn', payloadSent: false });
        const asked = fresh(command, (answer) => {
          signal?.removeEventListener('abort', takeBack);
          done(answer);
        });
        const takeBack = (): void => withdraw(asked);
        signal?.addEventListener('abort', takeBack, { once: true });
        if (command.urgent) waiting.unshift(asked);
        else waiting.push(asked);
        next();
      });
    },
    feed(bytes) {
      if (closed) return;
      for (const piece of lines.feed(bytes)) {
        take(piece);
        if (closed) return;
      }
      awaitQuiet();
    },
    get busy() {
      return running !== undefined || waiting.length > 0;
    },
    get strays() {
      return strays + lines.dropped;
    },
    close() {
      if (closed) return;
      closed = true;
      const ended = [...(running ? [running] : []), ...waiting.splice(0)];
      running = undefined;
      for (const { timer, done, payloadSent } of ended) {
        clearTimeout(timer);
        done({ kind: 'closed', payloadSent });
      }
    },
  };
}

const fresh = (command: AtCommand, done: (answer: AtAnswer) => void): Running => ({
  command,
  done,
  lines: [],
  timer: undefined,
  until: 0,
  payloadSent: false,
  syncing: false,
  answered: false,
});
