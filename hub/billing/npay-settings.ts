import { z } from 'zod';
import { parseMoney } from './money.ts';

/** Statuses that follow one another, `0:3,3:0,4:1,1:4`: on the left the present one, on the right the one that debt or money makes of it. */
function readPairs(text: string): ReadonlyMap<number, number> | undefined {
  const pairs = new Map<number, number>();
  for (const part of text.split(',').filter((piece) => piece.trim() !== '')) {
    const [, from, to] = /^\s*(\d{1,3})\s*:\s*(\d{1,3})\s*$/.exec(part) ?? [];
    if (from === undefined || to === undefined) return undefined;
    pairs.set(Number(from), Number(to));
  }
  return pairs;
}

const amount = z.string().transform((text, context) => {
  const parsed = parseMoney(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'an amount such as -12.50' });
  return z.NEVER;
});

const pairs = z.string().transform((text, context) => {
  const parsed = readPairs(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'pairs of statuses such as 0:3,3:0' });
  return z.NEVER;
});

const ids = z.array(z.int().positive()).max(1_000).default([]);

/** What a setting is for, to those who fill in a form; the JSON Schema of `GET /modules/kinds` carries both. */
const said = (description: string, russian: string) => ({ description, russian });

/** What a module instance of recurring fees may be told (spec 2.11); it is the `settings` of its row. */
export const npaySettings = z.strictObject({
  manage: z
    .boolean()
    .default(false)
    .meta(said('locks contracts in debt and unlocks those that have paid', 'блокирует должников и разблокирует заплативших')),
  activeStatus: z.int().min(0).default(0).meta(said('the status of a contract that is served', 'статус обслуживаемого договора')),
  lockedStatus: z.int().min(0).default(3).meta(said('the status of one in debt', 'статус должника')),
  statusPairs: pairs
    .prefault('')
    .meta(
      said(
        'pairs in place of the two, `0:3,3:0,4:1,1:4`: from a status to the one that follows it',
        'вместо этих двух пары `0:3,3:0,4:1,1:4`: из какого статуса в какой',
      ),
    ),
  groups: z
    .array(z.int().min(0).max(62))
    .default([])
    .meta(said('only contracts with one of these groups', 'только договоры с одной из этих групп')),
  labels: ids.meta(said('only contracts with one of these labels', 'только договоры с одной из этих меток')),
  tariffs: ids.meta(said('only contracts with one of these tariff plans', 'только договоры с одним из этих тарифов')),
  serviceSet: z
    .int()
    .min(0)
    .default(0)
    .meta(said('only contracts with a service of this set; 0: any', 'только договоры с услугой из этого набора; 0: с любой')),
  unlockBalanceLimit: amount
    .prefault('0')
    .meta(said('so much above the limit must be left after unlocking', 'сколько сверх лимита должно остаться после разблокировки')),
  processDependentSub: z
    .boolean()
    .default(false)
    .meta(said("dependent members follow their head's money, too", 'зависимые субдоговоры следуют за деньгами главного')),
  modes: z
    .array(z.enum(['debit', 'credit']))
    .default(['debit'])
    .meta(said('which contracts are locked and unlocked', 'какие договоры блокируются: дебетовые, кредитовые')),
});

export type NpaySettings = z.infer<typeof npaySettings>;

/**
 * The status that follows when a contract is locked (`debt`) or unlocked (`paid`); undefined: none, it stays as it is. Without pairs they are the active and
 * the locked status; a status is a locked one when it is the locked status, or one without fee.
 */
export function followingStatus(
  { activeStatus, lockedStatus, statusPairs }: Pick<NpaySettings, 'activeStatus' | 'lockedStatus' | 'statusPairs'>,
  suspendCodes: readonly number[],
  status: number,
  why: 'debt' | 'paid',
): number | undefined {
  const locked = status === lockedStatus || (suspendCodes.includes(status) && status !== activeStatus);
  if (locked !== (why === 'paid')) return undefined;
  if (statusPairs.size > 0) return statusPairs.get(status);
  if (why === 'paid') return status === lockedStatus ? activeStatus : undefined;
  return status === activeStatus ? lockedStatus : undefined;
}
