import { SUBSCRIBER_VARIABLES } from './billing-variables.ts';
import type { BillingEventData, ValueContext } from './event-data.ts';
import { isEncodable } from './template/charset.ts';
import { billingValues } from './variables.ts';

/** What the log must find in a message of the billing to hide it (spec callbacks 6.12). */

/** Shorter ones would be found in everything. */
const SHORTEST = 3;
const CONTROLS = /[\p{Cc}\p{Cs}\ufffe\uffff]+/u;
const CONTEXT: ValueContext = {
  eventId: '',
  deliveryId: '',
  attempt: 1,
  callbackId: 0n,
  eventTime: '',
  language: 'ru',
  emptyIds: '',
  eventNames: {},
  eventType: '',
  relationRemoval: 'empty',
  subscriberData: true,
};

/** The parts of a line that windows-1251 has: what it lacks was sent in another spelling. */
function encodableParts(line: string): string[] {
  const parts = [''];
  for (const character of line) {
    if (isEncodable(character, 'windows-1251')) parts[parts.length - 1] += character;
    else parts.push('');
  }
  return parts;
}

/**
 * Personal texts of an event, line by line, as control characters change on their way into a message; undefined when one of them is too short to be told apart
 * from other text.
 */
export function subscriberTexts(data: BillingEventData): string[] | undefined {
  // A former status or limit is nobody's personal data.
  const names = data['parameterId'] === undefined ? SUBSCRIBER_VARIABLES.filter((name) => name !== 'former') : SUBSCRIBER_VARIABLES;
  const values = billingValues(data, CONTEXT);
  const lines = names
    .map((name) => String(values.get(name) ?? ''))
    .flatMap((value) => value.split(CONTROLS))
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.some((line) => line.length < SHORTEST)) return undefined;
  const parts = lines.flatMap(encodableParts).map((part) => part.trim());
  return [...new Set([...lines, ...parts.filter((part) => part.length >= SHORTEST)])];
}
