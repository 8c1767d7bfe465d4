import type { BlockCollector, LineCall } from './call.ts';
import type { Command, NamedValues } from './codec/commands.ts';
import type { LineErrorCode } from './codec/errors.ts';
import { blockOf } from './commands/index.ts';
import { type Dispatch, readParameters } from './dispatch.ts';
import { LineRefusal } from './refuse.ts';
import type { Request } from './request.ts';

/**
 * Requests of several lines of one session (specification of alerts 3.8).
 *
 * none -BEGIN-> open -(a line that is wrong)-> wrong: the rest is swallowed, the error is answered at the end
 * open or wrong -END, a line that does not belong to it, silence-> complete: answered -> none
 * complete by silence -PHONE, EMAIL or END of the same command, in time and before any other command-> open again, with what was gathered
 * open -the connection ends-> none: nothing was written.
 */
export interface Blocks {
  /** Whether a block is open. */
  readonly open: boolean;
  /**
   * Serves a line of a block.
   * @returns `foreign` for a line that belongs to none: an open block must be completed before it is served
   */
  take(request: Request): Promise<void> | undefined | 'foreign';
  /** Completes the open block, because another line came or nothing did any more. */
  complete(by: 'foreign line' | 'silence'): Promise<void> | undefined;
  drop(): void;
  stop(): void;
}

export interface BlockOptions {
  readonly dispatch: Dispatch;
  /** Milliseconds after which a block without END is complete, now. */
  readonly silence: () => number;
  /** Milliseconds: of silence inside an upload; in which late lines reopen a block. */
  readonly upload: number;
  readonly reopen: number;
  /** Silence has lasted: `complete` is to be called when the session is at rest. */
  readonly silent: () => void;
}

interface Open {
  readonly command: Command;
  readonly name: string;
  readonly call: LineCall;
  /** Undefined when BEGIN was wrong. */
  readonly collector: BlockCollector | undefined;
  fault: LineErrorCode | undefined;
}

export function createBlocks({ dispatch, silence, upload, reopen, silent }: BlockOptions): Blocks & { heard(): void } {
  let open: Open | undefined;
  let late: { readonly block: Open; readonly until: number } | undefined;
  let timer: NodeJS.Timeout | undefined;

  const rest = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  /** Begins to wait for silence, where this block ends by it. */
  const wait = (block: Open): void => {
    rest();
    const kind = block.fault === undefined ? (block.collector?.silence ?? 'completes') : 'completes';
    if (kind === 'waits') return;
    timer = setTimeout(silent, kind === 'fails' ? upload : silence());
    timer.unref();
  };

  /** @throws Unanswerable */
  const refused = (block: Open, code: LineErrorCode): void => {
    block.collector?.drop();
    dispatch.refuse(block.name, code, block.command.name);
  };

  const finish = (by: 'END' | 'foreign line' | 'silence', end?: NamedValues): Promise<void> | undefined => {
    const block = open;
    open = undefined;
    late = undefined;
    rest();
    if (!block) return undefined;
    const { collector, fault, command, name, call } = block;
    const { openEnded, refusals } = blockOf(command.name);
    if (fault !== undefined || !collector) {
      refused(block, fault ?? 'ERR_BADSYNTAX');
      return undefined;
    }
    try {
      // Rights may have gone since its first line.
      dispatch.admit(command);
    } catch {
      refused(block, 'ERR_NOACCESS');
      return undefined;
    }
    // The source's own blocks may lack their END; a file that lacks it is half a file.
    if (by !== 'END' && !openEnded) {
      refused(block, 'ERR_BADSYNTAX');
      return undefined;
    }
    return collector.complete(call, end).then(
      () => {
        if (by === 'silence') late = { block, until: performance.now() + reopen };
        else collector.drop();
      },
      (error: unknown) => {
        collector.drop();
        dispatch.failed(name, command.name, error, { codes: refusals, begun: false });
      },
    );
  };

  const begin = (command: Command, name: string, params: readonly string[]): void => {
    const call = dispatch.call(name);
    let collector: BlockCollector | undefined;
    let fault: LineErrorCode | undefined;
    try {
      dispatch.admit(command);
      collector = blockOf(command.name).begin(call, readParameters(params, command.block?.get('BEGIN')).named);
    } catch (error) {
      if (!(error instanceof LineRefusal)) throw error;
      fault = error.code;
    }
    open = { command, name, call, collector, fault };
    wait(open);
  };

  /** A line between BEGIN and END. */
  const add = (block: Open, part: string, params: readonly string[], broken: boolean): void => {
    if (block.fault === undefined) {
      try {
        if (broken) throw new LineRefusal('ERR_BADSYNTAX');
        const { named, values } = readParameters(params, block.command.block?.get(part));
        block.collector?.take(part, named, values);
      } catch (error) {
        if (!(error instanceof LineRefusal)) throw error;
        block.fault = error.code;
      }
    }
    wait(block);
  };

  const take: Blocks['take'] = ({ found, params, name, broken }) => {
    const [part = '', ...rest] = params;
    const block = open;
    if (block) {
      const same = found?.command === block.command;
      // A line over the limit has no name any more; as part of this block it does the least harm.
      if (broken && (same || (!found && name === 'UNKNOWN'))) {
        add(block, part, rest, true);
        return undefined;
      }
      if (!same || part === 'BEGIN' || !block.command.block?.has(part)) return 'foreign';
      if (part !== 'END') {
        add(block, part, rest, false);
        return undefined;
      }
      const parameters = block.command.block.get('END');
      try {
        return finish('END', readParameters(rest, parameters).named);
      } catch (error) {
        if (!(error instanceof LineRefusal)) throw error;
        block.fault ??= error.code;
        return finish('END');
      }
    }
    const again = late;
    late = undefined;
    if (broken || !found?.command.block) return 'foreign';
    const { command } = found;
    if (again && again.block.command === command && again.until > performance.now() && ['PHONE', 'EMAIL', 'END'].includes(part)) {
      open = { ...again.block, name, fault: undefined };
      return take({ found, params, name, broken });
    }
    if (part !== 'BEGIN') {
      refuseStray(command, name, params);
      return undefined;
    }
    begin(command, name, rest);
    return undefined;
  };

  /** A line of a block that was never begun. */
  const refuseStray = (command: Command, name: string, params: readonly string[]): void => {
    try {
      dispatch.admit(command);
      dispatch.refuse(name, params.length === 0 ? 'ERR_BADARGUMENT_COUNT' : 'ERR_BADSYNTAX', command.name);
    } catch (error) {
      if (!(error instanceof LineRefusal)) throw error;
      dispatch.refuse(name, error.code, command.name);
    }
  };

  return {
    get open() {
      return open !== undefined;
    },
    take,
    complete: (by) => finish(by),
    drop() {
      open?.collector?.drop();
      open = undefined;
      late = undefined;
      rest();
    },
    stop: rest,
    /** Bytes came: silence begins anew. */
    heard() {
      timer?.refresh();
    },
  };
}
