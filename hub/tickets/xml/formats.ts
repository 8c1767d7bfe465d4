/**
 * How values are written (spec 3.1).
 *
 * Open points (spec 10), decided here only: DEALDATE and DEALTIME stand in the offset of the act itself; `utc` is that offset as
 * `+0300`; money has no fraction when the fraction is zero, else all the digits of its currency.
 */

/** "2026-11-22" or an RFC 3339 moment -> "22112026", the day as it is written in the text, no conversion of zones. */
export function formatDate(day: string): string {
  return day.slice(8, 10) + day.slice(5, 7) + day.slice(0, 4);
}

/** "09:15" -> "0915". */
export function formatClock(clock: string): string {
  return clock.slice(0, 2) + clock.slice(3, 5);
}

/** The time of day of an RFC 3339 moment in its own offset: "2026-11-22T14:05:00+03:00" -> "1405". */
export function formatTimeOf(instant: string): string {
  return instant.slice(11, 13) + instant.slice(14, 16);
}

/** The offset of an RFC 3339 moment: "+03:00" -> "+0300", "Z" and "-00:00" -> "+0000". */
export function formatOffset(instant: string): string {
  if (instant.endsWith('Z')) {
    return '+0000';
  }
  const offset = instant.slice(-6, -3) + instant.slice(-2);
  return offset === '-0000' ? '+0000' : offset;
}

/** "5000.00" -> "5000"; "83.3" with two digits -> "83.30". `digits` are those of the currency. */
export function formatMoney(amount: string, digits: number): string {
  const point = amount.indexOf('.');
  if (point < 0) {
    return amount;
  }
  for (let index = point + 1; index < amount.length; index++) {
    if (amount.charCodeAt(index) !== 48) {
      return amount.padEnd(point + 1 + digits, '0');
    }
  }
  return amount.slice(0, point);
}

const IN_TEXT = /[&<>\r]/;
const IN_ATTRIBUTE = /[&<>"\t\n\r]/;

/** Text content. The carriage return cannot come from a checked message; written raw, a reader would turn it into a line feed. */
export function escapeText(text: string): string {
  return IN_TEXT.test(text) ? text.replace(/[&<>\r]/g, entity) : text;
}

export function escapeAttribute(text: string): string {
  return IN_ATTRIBUTE.test(text) ? text.replace(/[&<>"\t\n\r]/g, entity) : text;
}

function entity(character: string): string {
  switch (character) {
    case '&':
      return '&amp;';
    case '<':
      return '&lt;';
    case '>':
      return '&gt;';
    case '"':
      return '&quot;';
    default:
      return `&#${character.charCodeAt(0)};`;
  }
}
