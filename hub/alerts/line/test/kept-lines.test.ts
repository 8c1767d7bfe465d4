import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKeptLines } from '../kept-lines.ts';

const bytesOf = (version: number): Uint8Array => Uint8Array.of(version);
const ANY = 1;

describe('a kept answer', () => {
  test('is served until something is edited, and only under its own key', () => {
    const lines = createKeptLines({ trusted: () => true });
    expect(lines.get(ANY)).toBeUndefined();
    lines.keep(ANY, lines.stamp(), bytesOf(1));
    expect(lines.get(ANY)).toEqual(bytesOf(1));
    expect(lines.get(ANY + 1)).toBeUndefined();
    lines.forget();
    expect(lines.get(ANY)).toBeUndefined();
  });

  test('is not kept when an edit was told while the database was asked', () => {
    const lines = createKeptLines({ trusted: () => true });
    const stamp = lines.stamp();
    lines.forget();
    lines.keep(ANY, stamp, bytesOf(1));
    expect(lines.get(ANY)).toBeUndefined();
  });

  test('is neither kept nor served while edits are not heard of', () => {
    let trusted = false;
    const lines = createKeptLines({ trusted: () => trusted });
    lines.keep(ANY, lines.stamp(), bytesOf(1));
    trusted = true;
    expect(lines.get(ANY)).toBeUndefined();
    lines.keep(ANY, lines.stamp(), bytesOf(2));
    trusted = false;
    expect(lines.get(ANY)).toBeUndefined();
  });

  test('has an age, whatever was told', () => {
    let now = 0;
    const lines = createKeptLines({ trusted: () => true, now: () => now, oldest: 100 });
    lines.keep(ANY, lines.stamp(), bytesOf(1));
    now = 99;
    expect(lines.get(ANY)).toEqual(bytesOf(1));
    now = 100;
    expect(lines.get(ANY)).toBeUndefined();
  });

  test('makes room: the oldest goes first, and what is larger than all room is not kept', () => {
    const lines = createKeptLines({ trusted: () => true, mostBytes: 3_000 });
    const thousand = new Uint8Array(744);
    for (let key = 0; key < 4; key += 1) lines.keep(key, lines.stamp(), thousand);
    expect([0, 1, 2, 3].map((key) => lines.get(key) !== undefined)).toEqual([false, true, true, true]);
    // Kept again, it takes its old room.
    lines.keep(3, lines.stamp(), thousand);
    expect([1, 2, 3].map((key) => lines.get(key) !== undefined)).toEqual([true, true, true]);
    lines.keep(9, lines.stamp(), new Uint8Array(3_000));
    expect(lines.get(9)).toBeUndefined();
    expect(lines.get(3)).toEqual(thousand);
  });
});

/**
 * One record and a hub that asks for it, in any order of what can happen at the same time: the hub's own edits (commit, then the answer), edits of another hub (commit, then
 * the notification, which a lost connection swallows), and questions (begun, read by the database, kept).
 */
const QUESTION = ['begin', 'read', 'keep', 'get'] as const;
const AROUND = ['commit own', 'answer own', 'commit foreign', 'deliver', 'lose', 'listen', 'listen', 'pass'] as const;
/** The life of a question again and again, with anything in between. */
const steps = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(...QUESTION, ...AROUND) }), {
    minLength: 10,
    maxLength: 80,
  })
  .map((some) => {
    let next = 0;
    return some.map((step) => step ?? (QUESTION[next++ % QUESTION.length] as (typeof QUESTION)[number]));
  });

test('whatever comes between: nothing is served from before an edit that was answered or told, and nothing while edits are not heard of', () => {
  let served = 0;
  fc.assert(
    fc.property(steps, (some) => {
      let listening = true;
      let now = 0;
      const lines = createKeptLines({ trusted: () => listening, now: () => now, oldest: 20 });
      let committed = 0;
      /** No answer from memory may be older than this. */
      let least = 0;
      const own: number[] = [];
      let told: number[] = [];
      let question: { stamp: number; read: number | undefined } | undefined;
      for (const step of some) {
        if (step === 'begin') question = { stamp: lines.stamp(), read: undefined };
        else if (step === 'read') {
          if (question) question.read ??= committed;
        } else if (step === 'keep') {
          if (question?.read !== undefined) {
            lines.keep(ANY, question.stamp, bytesOf(question.read));
            question = undefined;
          }
        } else if (step === 'commit own' || step === 'commit foreign') {
          committed += 1;
          if (step === 'commit own') own.push(committed);
          if (listening) told.push(committed);
        } else if (step === 'answer own') {
          const done = own.shift();
          if (done === undefined) continue;
          lines.forget();
          least = Math.max(least, done);
        } else if (step === 'deliver') {
          const news = told.shift();
          if (news === undefined) continue;
          lines.forget();
          least = Math.max(least, news);
        } else if (step === 'lose') {
          listening = false;
          told = [];
        } else if (step === 'listen') {
          if (listening) continue;
          listening = true;
          lines.forget();
          least = committed;
        } else if (step === 'pass') now += 5;
        else {
          const found = lines.get(ANY);
          if (!found) continue;
          served += 1;
          expect(listening).toBe(true);
          const version = found[0] as number;
          expect(version).toBeGreaterThanOrEqual(least);
        }
      }
    }),
    { numRuns: 1_000 },
  );
  // Otherwise the property said nothing.
  expect(served).toBeGreaterThan(300);
});
