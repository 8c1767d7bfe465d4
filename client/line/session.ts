import type { Connection, ServerLine } from './connection.ts';
import { LINE_EXIT, LineFault } from './exit.ts';

/** One request: its lines, and what its answer is known by. */
export type Request = {
  readonly name: string;
  /** First parameter: tells the answer to STARTTASK from news of other tasks. */
  readonly subject: string | undefined;
  readonly lines: Iterable<Uint8Array>;
};

/** Commands that answer as another one. */
const ANSWERS_AS: Readonly<Record<string, string>> = { STARTTASK: 'UPDATETASK', STOPTASK: 'UPDATETASK' };
/** Their `OK` lines are news, their answers are blocks. */
const NEVER_OK = new Set(['GETTASKINFO']);
/** Commands whose request is a block of several lines. */
export const BLOCK_COMMANDS: ReadonlySet<string> = new Set(['ADDABONENT', 'UPDATEABONENT', 'SENDRAWFILE']);
/** An answer that begins with OK and goes on, with or without an END (specification of alerts 3.8.7). */
const OPEN_ENDED = new Set(['ADDABONENT', 'UPDATEABONENT']);
/** Milliseconds after which an answer without END is over. */
const SILENCE = 500;
/** Lines that wait for whoever reads an answer; beyond, the server waits. */
const MOST_WAITING = 1_000;

type Pending = {
  readonly request: Request;
  /** `asked`: nothing has come; `block`: until END; `open`: until END, a foreign line or silence; `hasp`: until the licence; `over`. */
  state: 'asked' | 'block' | 'open' | 'hasp' | 'over';
  /** What came and was not taken yet: lines of the answer, and news between them and behind them. */
  readonly waiting: { readonly line: ServerLine; readonly news: boolean }[];
  wake: () => void;
};

export type NewsListener = (line: ServerLine) => void;

/**
 * Requests and their answers on one connection, one at a time. What comes besides are news.
 *
 *     IDLE --ask--> ASKED --BEGIN, or OK that goes on--> ANSWERING --END--> IDLE
 *                     |--OK, ERR_--------------------------------------> IDLE
 *     any --connection over--> ENDED: every question fails
 */
export type Session = {
  /**
   * Sends a request and gives the lines of its answer as they come; the last line may be one with `ERR_`.
   * @throws LineFault with exit 3 when the connection ends, or nothing comes for too long
   */
  ask(request: Request): AsyncGenerator<ServerLine, void>;
  /** Who is told what comes without being asked for. @returns who was told before */
  onNews(hear: NewsListener): NewsListener;
  /** Fails when the connection ends. */
  readonly over: Promise<never>;
  /** Takes what the connection gives. */
  line(line: ServerLine): void;
  ended(fault: LineFault): void;
};

/** @param patience milliseconds without a line after which a question fails */
export function createSession(connection: () => Connection, patience: number): Session {
  let pending: Pending | undefined;
  let over: LineFault | undefined;
  const end = Promise.withResolvers<never>();
  end.promise.catch(() => undefined);
  let hear: NewsListener = () => undefined;
  let timer: NodeJS.Timeout | undefined;

  function wait(question: Pending): void {
    clearTimeout(timer);
    if (question.state === 'over') return;
    timer = setTimeout(
      () => {
        if (question.state === 'open') finish(question);
        else {
          ended(silent(question.request.name, patience));
          connection().cut();
        }
      },
      question.state === 'open' ? SILENCE : patience,
    );
  }

  function finish(question: Pending): void {
    question.state = 'over';
    clearTimeout(timer);
    question.wake();
  }

  function ended(fault: LineFault): void {
    over ??= fault;
    end.reject(over);
    clearTimeout(timer);
    pending?.wake();
  }

  function line(received: ServerLine): void {
    const question = pending;
    const next = question && question.state !== 'over' ? follow(question, received.words) : 'news';
    if (!question || next === 'news' || next === 'over, and news') {
      if (question && next !== 'news') finish(question);
      // Behind what came before it.
      if (question && question.waiting.length > 0) question.waiting.push({ line: received, news: true });
      else hear(received);
      return;
    }
    question.waiting.push({ line: received, news: false });
    question.state = next;
    wait(question);
    if (question.waiting.length === MOST_WAITING) {
      // Whoever reads the answer is slow; that is not the server's silence.
      connection().pause();
      clearTimeout(timer);
    }
    question.wake();
  }

  return {
    line,
    ended,
    over: end.promise,
    onNews(listener) {
      const before = hear;
      hear = listener;
      return before;
    },
    async *ask(request) {
      if (over) throw over;
      const question: Pending = { request, state: 'asked', waiting: [], wake: () => undefined };
      pending = question;
      wait(question);
      try {
        for (const bytes of request.lines) {
          await connection().send(bytes);
          if (over) throw over;
          wait(question);
        }
        for (;;) {
          const given = question.waiting.splice(0);
          for (const { line: received, news } of given) {
            if (news) hear(received);
            else yield received;
          }
          if (given.length >= MOST_WAITING) {
            connection().resume();
            wait(question);
          }
          if (question.waiting.length > 0) continue;
          if (question.state === 'over') return;
          if (over) throw over;
          await new Promise<void>((resolve) => {
            question.wake = resolve;
          });
        }
      } finally {
        if (question.state !== 'over') clearTimeout(timer);
        pending = undefined;
      }
    },
  };
}

/** What a line is to a question: the state after it, or news. */
function follow(
  { state, request }: Pending,
  [name = '', kind = '', subject]: readonly string[],
): Pending['state'] | 'news' | 'over, and news' {
  const own = request.name.replace(/\d+$/, '');
  const mine = name === own || name === ANSWERS_AS[own] || (name === 'UNKNOWN' && kind.startsWith('ERR_'));
  switch (state) {
    case 'asked':
      if (!mine) return 'news';
      if (kind.startsWith('ERR_') && name !== ANSWERS_AS[own]) return 'over';
      if (kind === 'BEGIN' && name === own) return 'block';
      if (kind !== 'OK' || NEVER_OK.has(name)) return 'news';
      if (name === 'UPDATETASK' && Number(subject) !== Number(request.subject)) return 'news';
      if (name === 'LOGIN') return 'hasp';
      return OPEN_ENDED.has(name) ? 'open' : 'over';
    case 'block':
      return mine ? (kind === 'END' ? 'over' : 'block') : 'news';
    case 'open':
      if (!mine || !['PHONE', 'EMAIL', 'END'].includes(kind)) return 'over, and news';
      return kind === 'END' ? 'over' : 'open';
    case 'hasp':
      return name === 'HASP' ? 'over' : 'news';
    case 'over':
      return 'news';
  }
}

function silent(name: string, patience: number): LineFault {
  const seconds = Math.round(patience / 1000);
  return new LineFault(LINE_EXIT.connection, {
    en: `${name}: no answer for ${seconds} s. Try again, or wait longer with --timeout`,
    ru: `${name}: нет ответа ${seconds} с. Повторите команду или увеличьте время ожидания: --timeout`,
  });
}
