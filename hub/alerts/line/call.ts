import type { LineWriter } from '@vestnik/protocol/line/line-writer.ts';
import type { Transaction } from '../../core/database/statement.ts';
import type { Caller } from '../../core/identity/caller.ts';
import type { Act } from '../act.ts';
import type { CommandName, NamedValues, RequestOf } from './codec/commands.ts';
import type { LineContext } from './context.ts';
import { LineRefusal, type RefusalCodes } from './refuse.ts';

/** An operator whose LOGIN was accepted. */
export interface SignedIn {
  readonly login: string;
  readonly operatorId: number;
  readonly rights: readonly string[];
  /** The same as bits of 3.1. */
  readonly bits: number;
}

/** What a command may do to the session that it came by. */
export interface SessionPort {
  readonly id: string;
  readonly address: string;
  /** Undefined before LOGIN. */
  readonly operator: SignedIn | undefined;
  signIn(operator: SignedIn): void;
  signOut(): void;
  /** Mask of MONITORING. @param logAfter the last line of the log that it is not told */
  monitor(mask: number, logAfter: number): void;
  /** The client knows PING, so it may be sent some. @returns whether it answers one of ours with this */
  pinged(token: string | undefined): boolean;
  /** A request begins to change a task, see own-tasks.ts. @returns ends it: whether it has changed the task */
  changesTask(task: number, requestId: string): (changed: boolean) => void;
  /** Closes the session after the answers. */
  quit(): void;
  /** Sends what was written. @returns undefined when more may be written at once @throws Unanswerable when the client has gone */
  flush(): Promise<void> | undefined;
  /** Sends whole lines behind what was written. They must not change any more. @returns and @throws as `flush` */
  send(bytes: Uint8Array): Promise<void> | undefined;
}

/** Bytes of an answer that are sent together. */
const PIECE = 64 * 1024;

/** One request being served. */
export class LineCall {
  readonly context: LineContext;
  readonly session: SessionPort;
  readonly out: LineWriter;
  /** The command's name as it was spelled. */
  readonly name: string;
  readonly #requestId: string;
  #caller: Caller | undefined;

  constructor(context: LineContext, session: SessionPort, out: LineWriter, name: string, requestId: string) {
    this.context = context;
    this.session = session;
    this.out = out;
    this.name = name;
    this.#requestId = requestId;
  }

  /** @throws LineRefusal ERR_NOACCESS before LOGIN */
  get operator(): SignedIn {
    const { operator } = this.session;
    if (!operator) throw new LineRefusal('ERR_NOACCESS');
    return operator;
  }

  get caller(): Caller {
    const { login, operatorId, rights } = this.operator;
    this.#caller ??= { login, operatorId, rights, face: 'line', address: this.session.address, requestId: this.#requestId };
    return this.#caller;
  }

  get act(): Act {
    const { settings, secretKey } = this.context;
    return { caller: this.caller, settings: settings.current(), secretKey, now: Temporal.Now.instant() };
  }

  get zone(): string {
    return this.context.settings.current().zone;
  }

  may(bits: number): boolean {
    return (this.operator.bits & bits) === bits;
  }

  /** Runs a use case in a transaction of its own. */
  write<T>(body: (tx: Transaction, act: Act) => Promise<T>): Promise<T> {
    return this.context.database.transaction((tx) => body(tx, this.act));
  }

  /** The same for one that changes a task, so that what others did before is not told behind the answer. @param changed whether it did */
  async changeTask<T>(task: number, body: (tx: Transaction, act: Act) => Promise<T>, changed: (result: T) => boolean): Promise<T> {
    const end = this.session.changesTask(task, this.#requestId);
    try {
      const result = await this.write(body);
      end(changed(result));
      return result;
    } catch (error) {
      end(false);
      throw error;
    }
  }

  /** Sends a piece of a long answer when it is large enough. @returns undefined when more may be written at once */
  piece(): Promise<void> | undefined {
    return this.out.length < PIECE ? undefined : this.session.flush();
  }
}

/** A command of one line: reads its fields, calls a use case, writes the answer. */
export interface LineCommand<N extends CommandName> {
  /** What its use case refuses; without, such an error closes the connection. */
  readonly refusals?: RefusalCodes;
  /** Its errors have the words of deleting. */
  readonly form?: 'deletion';
  /**
   * @param params by the names that the table has for them
   * @param values the same in their order, for those whose order the codec reads
   * @throws LineRefusal, or what the use case throws
   */
  perform(call: LineCall, params: RequestOf<N>, values: readonly string[]): void | Promise<void>;
}

/** Gathers the lines of a request of several (specification of alerts 3.8). */
export interface BlockCollector {
  /** Silence completes the block, from the line after which this says so; it makes an upload fail. */
  readonly silence: 'completes' | 'fails' | 'waits';
  /** A line of the block between BEGIN and END. @param values its parameters in their order. @throws LineRefusal; the rest is swallowed then */
  take(part: string, params: NamedValues, values: readonly string[]): void;
  /** All lines are there: does it and answers. May come again for lines that were late. @param end parameters of END; undefined without that line */
  complete(call: LineCall, end: NamedValues | undefined): Promise<void>;
  /** The block came to nothing. */
  drop(): void;
}

/** A command of several lines. */
export interface LineBlock {
  readonly refusals: RefusalCodes;
  /** Whether its end may be missing, and late lines reopen it. */
  readonly openEnded: boolean;
  /** @throws LineRefusal */
  begin(call: LineCall, params: NamedValues): BlockCollector;
}
