import { FEED_LIMITS } from '@vestnik/protocol/feed.ts';

/**
 * Who holds the session of a client (spec 6.3).
 *
 * free -> held(instance) -> (a new instance pulls) held(new), the old one displaced -> (silent 90 s) whoever pulls next holds it.
 * A displaced instance is refused while the holder's lease lives; so a new start wins, and two programs never alternate.
 */
export interface Session {
  readonly instance: string | null;
  /** The last instances that lost the session. */
  readonly displaced: readonly string[];
  /** The lease of `instance` has not run out. */
  readonly live: boolean;
  /** The lease was written long enough ago to be written again. */
  readonly old: boolean;
}

export type SessionDecision =
  /** Goes on; `write` renews the lease. */
  | { readonly verdict: 'holder'; readonly write: boolean }
  /** Becomes the holder; `from` lost it. */
  | { readonly verdict: 'takeover'; readonly from: string | null; readonly displaced: readonly string[] }
  | { readonly verdict: 'refused' };

/** Decides for a pull of `instance`. Pure: the caller writes what was decided, guarded by the holder it was decided on. */
export function decideSession(session: Session, instance: string): SessionDecision {
  if (session.instance === instance) return { verdict: 'holder', write: session.old };
  if (session.live && session.displaced.includes(instance)) return { verdict: 'refused' };
  const others = session.displaced.filter((other) => other !== instance && other !== session.instance);
  const displaced = session.instance === null ? others : [...others, session.instance].slice(-FEED_LIMITS.displacedInstances);
  return { verdict: 'takeover', from: session.instance, displaced };
}
