/** How phones are written in this country. */
export interface DialPlan {
  /** Country code, digits. */
  readonly country: string;
  /** Prefix of calls inside the country; '' for none. */
  readonly trunk: string;
}

/** The shortest number that is taken for one of a country; shorter ones are internal. */
const SHORTEST_NATIONAL = 10;
const DIGITS = /^\d{1,20}$/;
/** What people put between the digits of a phone. */
const BETWEEN = /[\s().\-\u00a0]/g;

/**
 * A phone as it is dialled and compared: `8 (916) 123-45-67` and `+7 916 1234567` are both `+79161234567` (specification of alerts 4.2).
 * Numbers of less than ten digits are internal and keep their form.
 * @returns undefined when it is no phone.
 */
export function normalPhone(raw: string, { country, trunk }: DialPlan): string | undefined {
  const bare = raw.replace(BETWEEN, '');
  const international = bare.startsWith('+');
  const digits = international ? bare.slice(1) : bare;
  if (!DIGITS.test(digits)) return undefined;
  if (international) return `+${digits}`;
  if (digits.length < SHORTEST_NATIONAL) return digits;
  if (digits.length === SHORTEST_NATIONAL) return `+${country}${digits}`;
  if (trunk !== '' && digits.startsWith(trunk) && digits.length === SHORTEST_NATIONAL + trunk.length)
    return `+${country}${digits.slice(trunk.length)}`;
  return `+${digits}`;
}
