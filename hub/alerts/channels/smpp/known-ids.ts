import { canonicalId, messageIdForms } from './message-id.ts';

/** Last digits of a number: enough to tell receivers apart, and the same with and without the code of the country. */
const TAIL = 7;
const tailOf = (address: string): string => address.replace(/\D/g, '').slice(-TAIL);

export interface KnownIds {
  /** The centre has taken a part under this id. @returns the id as it is kept */
  add(id: string, address: string): string;
  /** The id of ours that a receipt means; undefined when none of the last ones can be meant. */
  find(id: string, address: string): string | undefined;
}

/**
 * The ids of the last messages, so that a receipt that spells an id in another way is told from one that comes early. An id in another radix must also
 * be of the same receiver: 16 means 0x10 only where it does not mean 16.
 * @param most ids that are kept, at least; twice as many at most
 */
export function createKnownIds(most = 100_000): KnownIds {
  let young = new Map<string, string>();
  let old = new Map<string, string>();
  return {
    add(id, address) {
      const canonical = canonicalId(id);
      if (young.size >= most) {
        old = young;
        young = new Map();
      }
      young.set(canonical, tailOf(address));
      return canonical;
    },
    find(id, address) {
      const canonical = canonicalId(id);
      if (young.has(canonical) || old.has(canonical)) return canonical;
      const tail = tailOf(address);
      return messageIdForms(canonical).find((form) => (young.get(form) ?? old.get(form)) === tail);
    },
  };
}
