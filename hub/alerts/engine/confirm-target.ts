import type { Transaction } from '../../core/database/statement.ts';
import type { SecretKey } from '../../core/identity/secret-key.ts';
import { type ConfirmTarget, confirms, type LinkState, linkState } from '../confirm-link.ts';
import type { ConfirmationRule } from '../confirmation.ts';
import { openPin } from '../person-row.ts';
import { RESULT } from '../result.ts';
import { attemptOfTarget, countWrong, targetForPage } from '../sql/settle.ts';
import type { RunBook } from './run-book.ts';
import { tellAttempts } from './tell-attempts.ts';

/** What the page of a link shows. */
export interface PageFacts {
  readonly state: LinkState;
  readonly kind: ConfirmationRule['kind'];
  readonly triesLeft: number;
}

interface PagePorts {
  readonly book: RunBook;
  readonly secretKey: SecretKey;
}

/** The target of a link, locked, with how it stands. */
async function holdTarget(tx: Transaction, { book }: Pick<PagePorts, 'book'>, { run, no }: ConfirmTarget) {
  const [row] = await targetForPage(tx, run, no);
  const booked = (await book.of(tx, [run])).get(run);
  if (!row || !booked) return undefined;
  const { frozen } = booked.row;
  const { kind, tries } = frozen.confirmation;
  const triesLeft = tries - row.wrong;
  const state = linkState({ confirmed: row.result === RESULT.confirmed, runOver: row.runEnded || kind === 'none', triesLeft });
  const facts: PageFacts = { state, kind, triesLeft };
  return { row, frozen, facts };
}

/** How the target of a link stands; undefined: there is none. Nothing is changed: mail scanners open links. */
export async function showTarget(tx: Transaction, ports: Pick<PagePorts, 'book'>, target: ConfirmTarget): Promise<PageFacts | undefined> {
  return (await holdTarget(tx, ports, target))?.facts;
}

/**
 * Takes what was sent from the page of a link (specification of alerts 4.5). Too many wrong answers end it as `wrongCode`.
 * @returns how it stands now, whether the answer was wrong, and runs of which something ended; undefined: there is no such target
 */
export async function confirmTarget(
  tx: Transaction,
  { book, secretKey }: PagePorts,
  { run, no }: ConfirmTarget,
  answer: string | undefined,
): Promise<{ facts: PageFacts; wrong: boolean; touched: ReadonlySet<number> } | undefined> {
  // The row is locked: answers of one receiver take turns, so that tries cannot be had twice.
  const held = await holdTarget(tx, { book }, { run, no });
  const [attempt] = await attemptOfTarget(tx, run, no);
  if (!held || !attempt) return undefined;
  const { row, frozen, facts } = held;
  if (facts.state !== 'ask') return { facts, wrong: false, touched: new Set() };
  const expected = facts.kind === 'pin' ? openPin({ secretKey }, row.personId, row.pin) : (frozen.code ?? undefined);
  const right = confirms(facts.kind, answer, expected);
  if (!right) await countWrong(tx, run, no);
  const left = facts.triesLeft - (right ? 0 : 1);
  const result = right ? RESULT.confirmed : left > 0 ? undefined : RESULT.wrongCode;
  const touched =
    result === undefined
      ? new Set<number>()
      : await tellAttempts(tx, book, [attempt.attempt], () => ({
          result,
          code: undefined,
          detail: undefined,
          ...(right && { confirmedBy: 'mail' }),
        }));
  return { facts: { ...facts, state: right ? 'done' : left > 0 ? 'ask' : 'locked', triesLeft: left }, wrong: !right, touched };
}
