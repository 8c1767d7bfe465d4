import type { EndState, Health } from '../core/deliveries/outcome.ts';
import type { EndpointSettings } from './endpoint.ts';
import type { SuccessRule } from './success.ts';

/** What came back from a sending, as far as it decides. */
export type Came =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Uint8Array;
    }
  | { readonly kind: 'refused'; readonly stage: number; readonly code: string }
  | { readonly kind: 'failed'; readonly code: string; readonly connect: boolean };

/** What follows for the delivery. */
export interface Verdict {
  readonly result: EndState | 'again';
  readonly status: number | null;
  readonly code: string | null;
  readonly health: Health;
  readonly notBefore?: number;
  readonly spends?: boolean;
  /** Status 410 of an endpoint that takes it as a farewell: disable it. */
  readonly gone?: true;
}

/** Longest delay that Retry-After may ask for: 24 h. Milliseconds. */
const MOST_DELAY = 86_400_000;
/** Failures of the hub itself or of its proxy: they cost no attempt and say nothing of the receiver. */
const OUR_FAULTS: ReadonlySet<string> = new Set(['proxy_error', 'aborted']);

/**
 * Milliseconds that a Retry-After header asks for, seconds or an HTTP date; undefined when it asks for nothing that makes sense.
 * @param now milliseconds since 1970.
 */
export function retryAfter(headers: readonly (readonly [string, string])[], now: number): number | undefined {
  const value = headers.find(([name]) => name.toLowerCase() === 'retry-after')?.[1].trim();
  if (value === undefined) return undefined;
  const delay = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : /^[A-Z][a-z]{2}, /.test(value) ? Date.parse(value) - now : Number.NaN;
  return delay > 0 ? Math.min(delay, MOST_DELAY) : undefined;
}

/**
 * Decides what an answer means: by default status 200 alone is success, everything else is tried again (spec 6.2, 6.8, 6.9).
 * @param now milliseconds since 1970.
 */
export function judge(
  came: Came,
  { settings, success }: { readonly settings: Pick<EndpointSettings, 'retry_after' | 'gone'>; readonly success: SuccessRule },
  now: number,
): Verdict {
  if (came.kind === 'refused') return { result: 'blocked', status: null, code: came.code, health: 'unknown' };
  if (came.kind === 'failed') {
    if (OUR_FAULTS.has(came.code)) return { result: 'again', status: null, code: came.code, health: 'unknown', spends: false };
    // What the guard refuses by DNS is the receiver's name, not the receiver.
    const health = came.code === 'address_refused' ? 'unknown' : came.connect ? 'unreachable' : 'failing';
    return { result: 'again', status: null, code: came.code, health };
  }
  const { status } = came;
  const lack = success(status, came.body);
  if (lack === undefined) return { result: 'delivered', status, code: null, health: 'alive' };
  if (status === 410 && settings.gone === 'disable') return { result: 'failed', status, code: 'gone', health: 'alive', gone: true };
  const code = lack === 'status' && status >= 300 && status < 400 ? 'redirect' : lack;
  // A receiver that refuses one message is alive; one that is overloaded or broken is not.
  const health = status === 429 || status >= 500 ? 'failing' : 'alive';
  const asked = settings.retry_after === 'honour' && (status === 429 || status === 503) ? retryAfter(came.headers, now) : undefined;
  return { result: 'again', status, code, health, ...(asked !== undefined && { notBefore: asked }) };
}
