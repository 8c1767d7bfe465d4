const QUARTER = 15 * 60_000;

const swapped = (octet: number): number => (octet & 0xf) * 10 + (octet >> 4);

/**
 * A time stamp of the service centre (3GPP TS 23.040, 9.2.3.11): year, month, day, hour, minute, second in swapped digits, zone in quarters of an hour.
 * @param octets seven
 * @returns milliseconds since 1970; undefined where the octets are no date, which networks do send
 */
export function timestampOf(octets: Uint8Array): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zone = 0] = octets;
  for (const octet of [year, month, day, hour, minute, second]) if ((octet & 0xf) > 9 || octet >> 4 > 9) return undefined;
  const negative = (zone & 0x08) !== 0;
  const quarters = (zone & 0x07) * 10 + (zone >> 4);
  const at = [swapped(year) + 2000, swapped(month) - 1, swapped(day), swapped(hour), swapped(minute), swapped(second)] as const;
  const utc = Date.UTC(...at);
  const back = new Date(utc);
  if (back.getUTCMonth() !== at[1] || back.getUTCDate() !== at[2] || at[3] > 23 || at[4] > 59 || at[5] > 59) return undefined;
  return utc - (negative ? -quarters : quarters) * QUARTER;
}

/** The reverse of `timestampOf`, with the zone UTC. */
export function encodeTimestamp(milliseconds: number): Uint8Array {
  const at = new Date(milliseconds);
  const parts = [
    at.getUTCFullYear() % 100,
    at.getUTCMonth() + 1,
    at.getUTCDate(),
    at.getUTCHours(),
    at.getUTCMinutes(),
    at.getUTCSeconds(),
    0,
  ];
  return Uint8Array.from(parts, (part) => ((part % 10) << 4) | Math.floor(part / 10));
}
