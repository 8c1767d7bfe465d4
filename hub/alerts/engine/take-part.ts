import type { Transaction } from '../../core/database/statement.ts';
import { HubError } from '../../core/errors.ts';
import type { Incoming } from '../channels/driver.ts';
import { joinParts, LONGEST_PART } from '../channels/long-messages.ts';
import type { Concatenation } from '../channels/sms-text.ts';
import { dropMessage, dropOverdueParts, keepPart, keptParts, lockMessage, markTaken } from '../sql/incoming-parts.ts';

/** Seconds in which the parts of a message belong together (specification of alerts 5.2), and in which one that is brought twice is known. */
const TOGETHER = 60;
const KNOWN = 600;
/** Parts that are kept; beyond it they are not taken, and their network keeps them. */
const MOST = 20_000;

/** A message that was put together. A part that is missing stands in it as `…`. */
export interface JoinedText {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

const unitsOf = (text: string): Buffer => Buffer.from(text.slice(0, LONGEST_PART), 'utf16le');
const joined = (parts: readonly { readonly place: number; readonly units: Buffer }[], total: number): string =>
  joinParts(new Map(parts.map(({ place, units }) => [place, units.toString('utf16le')])), total);

/**
 * Takes a part of a long message: it is stored here until the others have come, so that a network may be told at once that it was taken (specification of alerts 4.9.3).
 * A copy changes nothing.
 * @returns the message when this was the last part that was missing; before it the one under the same reference whose time was over
 * @throws HubError BUSY where too many parts are kept
 */
export async function takePart(
  tx: Transaction,
  group: number,
  { from, to, text, part }: Incoming & { readonly part: Concatenation },
): Promise<readonly JoinedText[]> {
  const { reference, total, place } = part;
  const message = [group, from, to, reference, total] as const;
  const out: JoinedText[] = [];
  await lockMessage(tx, ...message);
  let kept = await keptParts(tx, ...message, TOGETHER);
  const units = unitsOf(text);
  const same = kept.find((one) => one.place === place);
  const overdue = kept.some((one) => one.overdue && !one.taken);
  const another = kept.some(({ taken }) => taken) && !same?.units.equals(units);
  if (overdue || another) {
    // A reference comes round again: what is over is not mixed with what begins.
    if (overdue) out.push({ from, to, text: joined(kept, total) });
    await dropMessage(tx, ...message);
    kept = [];
  } else if (same) return out;
  const [added] = await keepPart(tx, ...message, place, units, MOST);
  if (!added) throw new HubError('BUSY', `${MOST} parts of long messages are kept; no more are taken`);
  const parts = [...kept, { place, units }];
  if (parts.length < total) return out;
  await markTaken(tx, ...message);
  return [...out, { from, to, text: joined(parts, total) }];
}

/** Takes out the messages of which no more parts come, as far as they have come. */
export async function takeOverdueParts(tx: Transaction): Promise<readonly JoinedText[]> {
  const parts = await dropOverdueParts(tx, TOGETHER, KNOWN);
  const messages = Map.groupBy(parts, ({ groupId, sender, recipient, reference, total }) =>
    JSON.stringify([groupId, sender, recipient, reference, total]),
  );
  return [...messages.values()].flatMap((some) => {
    const [first] = some;
    return first ? [{ from: first.sender, to: first.recipient, text: joined(some, first.total) }] : [];
  });
}
