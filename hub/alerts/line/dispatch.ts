import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import { toHubError } from '../../core/errors.ts';
import { measure, notesOf } from '../../core/telemetry/channels.ts';
import { LineCall, type SessionPort } from './call.ts';
import { type Command, countedParameters, type NamedValues, namedParameters, type Parameters } from './codec/commands.ts';
import type { LineErrorCode } from './codec/errors.ts';
import { errorLine } from './codec.ts';
import { commandOf } from './commands/index.ts';
import type { LineContext } from './context.ts';
import { LINE_COMMANDS_TOTAL, LINE_SECONDS } from './metrics.ts';
import { codeOf, LineRefusal, type RefusalCodes } from './refuse.ts';
import type { Request } from './request.ts';

const notes = notesOf('alerts.line');

/** What is no answer to what the client sent, but a fault of ours. */
const UNEXPECTED: ReadonlySet<string> = new Set(['INTERNAL', 'STORE_UNAVAILABLE']);

/** What counts of a request once it is answered, by command and code. Labels are made once. */
const counted = new Map<string, Readonly<Record<string, string>>>();
function count(command: string, code: string): void {
  const key = `${command} ${code}`;
  let labels = counted.get(key);
  if (!labels) {
    labels = { command, code };
    counted.set(key, labels);
  }
  measure(LINE_COMMANDS_TOTAL, 1, labels);
}

/** The connection must be closed: the request failed, and there is nothing true to answer, or a part of the answer has left, or nobody is there to hear it. */
export class Unanswerable extends Error {}

/** Commands of a session, one after the other. */
export interface Dispatch {
  /**
   * Serves a request of one line: checks it in the order of 2.18, then performs it.
   * @returns undefined when it is answered already
   * @throws (rejects with) Unanswerable
   */
  serve(request: Request): Promise<void> | undefined;
  /** Checks the first line of a request of several. @throws LineRefusal */
  admit(command: Command): void;
  /** A call for a command of this session. */
  call(name: string): LineCall;
  refuse(name: string, code: LineErrorCode, command: string, form?: 'deletion'): void;
  /** Answers what was thrown. @throws Unanswerable */
  failed(
    name: string,
    command: string,
    error: unknown,
    answer: { codes: RefusalCodes | undefined; form?: 'deletion'; begun: boolean },
  ): void;
}

/** The parameters that count, by their names and in their order. @throws LineRefusal ERR_BADARGUMENT_COUNT */
export function readParameters(
  params: readonly string[],
  expected: Parameters | undefined,
): { readonly named: NamedValues; readonly values: readonly string[] } {
  const values = expected && countedParameters(params, expected);
  if (!values) throw new LineRefusal('ERR_BADARGUMENT_COUNT');
  return { named: namedParameters(values, expected), values };
}

export function createDispatch(context: LineContext, session: SessionPort, out: LineWriter, sent: () => number): Dispatch {
  let requests = 0;

  const call = (name: string): LineCall => {
    requests += 1;
    return new LineCall(context, session, out, name, `${session.id}.${requests}`);
  };

  const refuse: Dispatch['refuse'] = (name, code, command, form) => {
    errorLine(out, name, code, form);
    count(command, code);
  };

  const admit = ({ beforeLogin, rights }: Command): void => {
    if (beforeLogin) return;
    if (!session.operator || (session.operator.bits & rights) !== rights) throw new LineRefusal('ERR_NOACCESS');
  };

  const failed: Dispatch['failed'] = (name, command, error, { codes, form, begun }) => {
    if (error instanceof Unanswerable) throw error;
    const code = codeOf(error, codes);
    const expected = error instanceof LineRefusal || !UNEXPECTED.has(toHubError(error).code);
    if (!expected) notes.error('a command failed', { command }, error);
    if (code === undefined || begun) {
      if (expected && !(error instanceof LineRefusal)) notes.warn('a command has no answer, its connection is closed', { command }, error);
      throw new Unanswerable(command);
    }
    refuse(name, code, command, form);
  };

  const serve: Dispatch['serve'] = ({ found, params, name, broken }) => {
    if (broken || !found) {
      refuse(name, 'ERR_BADSYNTAX', found?.command.name ?? 'UNKNOWN');
      return undefined;
    }
    const { command } = found;
    const handler = commandOf(command.name);
    const about = { codes: handler.refusals, ...(handler.form && { form: handler.form }) };
    const before = sent() + out.length;
    const began = performance.now();
    const done = (): void => {
      count(command.name, 'OK');
      measure(LINE_SECONDS, (performance.now() - began) / 1_000, { command: command.name });
    };
    const thrown = (error: unknown): void => failed(name, command.name, error, { ...about, begun: sent() + out.length !== before });
    try {
      admit(command);
      const { named, values } = readParameters(params, command.request);
      const pending = handler.perform(call(name), named, values);
      if (pending) return pending.then(done, thrown);
      done();
    } catch (error) {
      thrown(error);
    }
    return undefined;
  };

  return { serve, admit, call, refuse, failed };
}
