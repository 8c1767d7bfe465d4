import { binToken } from '../bin-address.ts';
import type { SendMessage } from '../deliver-callback.ts';
import type { Timing } from './attempt.ts';
import type { Sender } from './sender.ts';

/** Takes a request into the bin of a token, and answers as the bin is set to. */
export type TakeIntoBin = (
  token: string,
  request: {
    readonly method: 'GET' | 'POST';
    readonly url: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: Buffer | undefined;
    /** Its values are made up. */
    readonly sample: boolean;
    /** Names in small letters of headers that nobody may see. */
    readonly secretHeaders: ReadonlySet<string>;
    /** Milliseconds until an answer. */
    readonly timeout: number;
  },
  signal: AbortSignal,
) => ReturnType<SendMessage>;

/** To a hundredth of a millisecond, and without the steps that were not needed. */
const shortly = (timing: Timing): Record<string, number> => {
  const short: Record<string, number> = {};
  for (const [step, at] of Object.entries(timing)) if (at !== null) short[step] = Math.round(at * 100) / 100;
  return short;
};

/** How messages leave: into a bin of this hub without the network, everything else by the sender and its guard. */
export const sendMessage =
  (sender: Sender, base: string, takeIntoBin: TakeIntoBin): SendMessage =>
  async ({ endpoint, url, headers, body, sample = false, signal }) => {
    const { method, connect_timeout: connectTimeout, timeout } = endpoint.settings;
    const token = binToken(url, base);
    if (token !== undefined) {
      const { secretHeaders } = endpoint;
      return takeIntoBin(token, { method, url, headers, body, sample, secretHeaders, timeout: timeout * 1000 }, signal);
    }
    const result = await sender.send({
      url,
      method,
      headers,
      body,
      connectTimeout: connectTimeout * 1000,
      timeout: timeout * 1000,
      tls: endpoint.tls,
      organizationId: endpoint.organizationId,
      signal,
    });
    if (result.kind === 'refused') return { ...result, facts: { stage: result.stage, message: result.message } };
    const { timing, peer } = result;
    const facts = { ms: shortly(timing), ...(peer !== undefined && { peer }) };
    if (result.kind === 'answer') return { ...result, facts: { ...facts, ...(result.cut && { cut: true }) } };
    return { ...result, facts: { ...facts, message: result.message } };
  };
