import { type AddressFault, type AddressPolicy, addressFault } from './address-policy.ts';
import type { AddressForm } from './address-text.ts';
import type { AllowEntry, AllowIndex, CompiledEntry } from './allow-match.ts';
import { candidatesFor, opens } from './allow-match.ts';
import { judgeAddress, type Permitted, type Refused, type Target } from './judge-address.ts';

const FORM: AddressForm = 'rendered';
/** Origins that are remembered. */
const MOST = 10_000;
const MOST_LENGTH = 8_000;
/** Where the path begins, at the earliest. */
const AFTER_SCHEME = 'http://'.length + 1;

/** Path and query in which a parser finds nothing to change, but for dots as segments. */
const PLAIN = /^\/[\w\-.~!$&()*+,;=:@%/?]*$/;
const DOTS = /\/\.|%2e/i;
const ORIGIN = /^https?:\/\/[^/?]+$/i;

/** What is the same for all addresses of an origin, as it is written. */
interface KnownOrigin {
  readonly target: Target;
  /** Entries for its host, the nearest first. */
  readonly candidates: readonly CompiledEntry[];
  readonly faults: Map<CompiledEntry, AddressFault | undefined>;
}

/** A permitted address whose URL is parsed when somebody asks for it: the sender does not. */
class KnownPermitted implements Permitted {
  readonly permitted = true;
  readonly entry: AllowEntry;
  readonly target: Target;

  constructor(target: Target) {
    this.target = target;
    this.entry = target.entry.entry;
  }

  get url(): URL {
    return new URL(this.target.origin + this.target.path);
  }
}

/**
 * Judges rendered addresses as `judgeAddress` does, at a fraction of its cost: it parses an origin once, and of its addresses only those in which
 * a parser could change something.
 *
 * Empty -> origins are remembered as they come -> forgotten, when the list is replaced, when somebody says so, or when there are too many.
 */
export interface Verdicts {
  /** @param organizationId owner of the endpoint; null: the agency */
  judge(text: string, organizationId: number | null): Permitted | Refused;
  replace(index: AllowIndex): void;
  /** For when the policy's answers may have changed. */
  forget(): void;
}

export function createVerdicts(policy: AddressPolicy, first: AllowIndex): Verdicts {
  let index = first;
  const origins = new Map<string, KnownOrigin>();

  const judgeWhole = (text: string, organizationId: number | null, now: number): Permitted | Refused => {
    const verdict = judgeAddress(text, { form: FORM, policy, index, organizationId, now });
    const slash = text.indexOf('/', AFTER_SCHEME);
    const written = text.slice(0, slash);
    if (!verdict.permitted || slash < 0 || !ORIGIN.test(written)) return verdict;
    if (origins.size >= MOST) origins.clear();
    origins.set(written, { target: verdict.target, candidates: candidatesFor(index, verdict.target), faults: new Map() });
    return verdict;
  };

  const faultOf = ({ target, faults }: KnownOrigin, entry: CompiledEntry): AddressFault | undefined => {
    if (!target.literal) return undefined;
    if (!faults.has(entry)) faults.set(entry, addressFault(target.host, target.port, policy, entry.networks)?.fault);
    return faults.get(entry);
  };

  return {
    judge(text, organizationId) {
      const now = Date.now();
      const slash = text.indexOf('/', AFTER_SCHEME);
      const known = text.length > MOST_LENGTH ? undefined : origins.get(text.slice(0, slash));
      if (!known) return judgeWhole(text, organizationId, now);
      const path = text.slice(slash);
      if (!PLAIN.test(path) || DOTS.test(path)) return judgeWhole(text, organizationId, now);
      const query = path.indexOf('?');
      const name = query < 0 ? path : path.slice(0, query);
      const entry = known.candidates.find((candidate) => opens(candidate, name, organizationId, now));
      // A refusal is rare: it may cost what it costs.
      if (!entry || faultOf(known, entry)) return judgeWhole(text, organizationId, now);
      const { secure, host, literal, port, origin } = known.target;
      return new KnownPermitted({ secure, host, literal, port, origin, path, entry });
    },
    replace(next) {
      index = next;
      origins.clear();
    },
    forget: () => origins.clear(),
  };
}
