import type { AllowEntry } from '../../../guard/allow-match.ts';
import { compileAllowList } from '../../../guard/allow-match.ts';
import { judgeAddress } from '../../../guard/judge-address.ts';
import { policyOf } from '../../../test/support/guard.ts';
import type { Answered, Failed } from '../../attempt.ts';
import { createSender, type RefusedToSend, type Sender, type SenderOptions, type SendOrder, type SendResult } from '../../sender.ts';

export interface SenderBench {
  readonly sender: Sender;
  /** Names that were looked up, in order. */
  readonly lookups: string[];
  /** Sends a POST of `hello` unless told otherwise. */
  send(url: string, about?: Partial<SendOrder>): Promise<SendResult>;
  answer(url: string, about?: Partial<SendOrder>): Promise<Answered>;
  failure(url: string, about?: Partial<SendOrder>): Promise<Failed>;
  refusal(url: string, about?: Partial<SendOrder>): Promise<RefusedToSend>;
}

export interface BenchOptions extends Pick<SenderOptions, 'dial' | 'proxy'> {
  readonly entries: readonly AllowEntry[];
  /** `127.0.0.1:port` that may be called. */
  readonly exact?: readonly string[];
  readonly networks?: readonly string[];
  readonly own?: readonly string[];
  /** What names resolve to; a function is asked anew each time. (Default: 127.0.0.1 for all) */
  readonly names?: Readonly<Record<string, readonly string[]>> | ((host: string) => readonly string[]);
}

const kindOf = <K extends SendResult['kind']>(result: SendResult, kind: K): Extract<SendResult, { kind: K }> => {
  if (result.kind === kind) return result as Extract<SendResult, { kind: K }>;
  throw new Error(`expected ${kind}: ${JSON.stringify(result)}`);
};

/** A sender with name servers of the test's own. */
export function openSenderBench({ entries, exact = [], networks = [], own = [], names, dial, proxy }: BenchOptions): SenderBench {
  const policy = policyOf({ exactAddresses: exact, networks }, own);
  const index = compileAllowList(entries);
  const lookups: string[] = [];
  const sender = createSender({
    policy,
    judge: (text, organizationId) => judgeAddress(text, { form: 'rendered', policy, index, organizationId, now: Date.now() }),
    resolve: async (host) => {
      lookups.push(host);
      const found = typeof names === 'function' ? names(host) : names ? names[host] : ['127.0.0.1'];
      if (!found) throw Object.assign(new Error(`queryA ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
      return found;
    },
    ...(dial && { dial }),
    proxy,
  });
  const send: SenderBench['send'] = (url, about = {}) =>
    sender.send({
      url,
      method: 'POST',
      headers: [['Content-Type', 'text/plain']],
      body: about.method === 'GET' ? undefined : Buffer.from('hello'),
      connectTimeout: 2_000,
      timeout: 5_000,
      tls: undefined,
      organizationId: null,
      ...about,
    });
  return {
    sender,
    lookups,
    send,
    answer: async (url, about) => kindOf(await send(url, about), 'answer'),
    failure: async (url, about) => kindOf(await send(url, about), 'failed'),
    refusal: async (url, about) => kindOf(await send(url, about), 'refused'),
  };
}
