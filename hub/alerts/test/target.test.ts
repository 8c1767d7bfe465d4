import fc from 'fast-check';
import { expect, test } from 'vitest';
import { after, type Manner, type Progress } from '../engine/target.ts';
import { improves, RESULT, type Result } from '../result.ts';

/** A target before its first attempt. */
const FRESH: Progress = {
  round: 1,
  at: 0,
  pass: 1,
  invalid: 0,
  busy: 0,
  again: 0,
  busyAt: 0,
  notBefore: [],
  channelFaults: 0,
  best: RESULT.queued,
};

const MANNER: Manner = { rounds: 2, pause: 60_000, gap: 2_000, busy: 30_000, dup: false, confirms: false };
const NOW = 1_000_000;

/** Results given by place and visit; what is not scripted is no answer. */
function walk(addresses: number, script: readonly Result[], manner: Manner = MANNER): { places: number[]; waits: number[]; final: Result } {
  const places: number[] = [];
  const waits: number[] = [];
  let progress: Progress = FRESH;
  let now = NOW;
  for (let turn = 0; turn < 1_000; turn += 1) {
    places.push(progress.at);
    const next = after(progress, script[turn] ?? RESULT.noAnswer, addresses, manner, now);
    if ('final' in next) return { places, waits, final: next.final };
    waits.push(next.dueAt - now);
    now = next.dueAt;
    progress = next.progress;
  }
  throw new Error('a target that never ends');
}

test('addresses are tried in their order, round after round', () => {
  expect(walk(3, [])).toEqual({ places: [0, 1, 2, 0, 1, 2], waits: [2_000, 2_000, 60_000, 2_000, 2_000], final: RESULT.noAnswer });
});

test('the first success ends it', () => {
  expect(walk(3, [RESULT.noAnswer, RESULT.notified])).toEqual({ places: [0, 1], waits: [2_000], final: RESULT.notified });
});

test('being told is not enough where a confirmation is asked for', () => {
  const confirms = { ...MANNER, confirms: true, rounds: 1 };
  expect(walk(2, [RESULT.unconfirmed, RESULT.noAnswer], confirms)).toMatchObject({ places: [0, 1], final: RESULT.unconfirmed });
  expect(walk(2, [RESULT.unconfirmed, RESULT.confirmed], confirms)).toMatchObject({ places: [0, 1], final: RESULT.confirmed });
});

test('a busy number is tried once more in the same round, when its time has come', () => {
  const { places, waits, final } = walk(2, [RESULT.busy, RESULT.noAnswer, RESULT.busy], { ...MANNER, rounds: 1 });
  expect(places).toEqual([0, 1, 0]);
  expect(waits).toEqual([2_000, 28_000]);
  expect(final).toBe(RESULT.busy);
});

test('two busy numbers have their second try each, and nothing before them is tried again', () => {
  const busy = [RESULT.busy, RESULT.noAnswer, RESULT.busy, RESULT.busy, RESULT.busy];
  expect(walk(3, busy, { ...MANNER, rounds: 1 }).places).toEqual([0, 1, 2, 0, 2]);
});

test('with busy switched off it waits for the next round', () => {
  expect(walk(2, [RESULT.busy], { ...MANNER, busy: 0 }).places).toEqual([0, 1, 0, 1]);
});

test('an invalid address is never tried again in the run', () => {
  expect(walk(2, [RESULT.refused], { ...MANNER, rounds: 3 }).places).toEqual([0, 1, 1, 1]);
  expect(walk(1, [RESULT.refused])).toEqual({ places: [0], waits: [], final: RESULT.refused });
});

test('a channel that fails uses nothing up, five times', () => {
  const faults = Array.from({ length: 5 }, () => RESULT.channelError);
  const { places, waits } = walk(2, faults, { ...MANNER, rounds: 1 });
  expect(places).toEqual([0, 0, 0, 0, 0, 1]);
  expect(waits.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
});

test('an attempt in doubt is repeated at once where copies do no harm, otherwise the next address is tried', () => {
  expect(walk(2, [RESULT.unknown], { ...MANNER, dup: true, rounds: 1 }).places).toEqual([0, 0, 1]);
  expect(walk(2, [RESULT.unknown], { ...MANNER, rounds: 1 }).places).toEqual([0, 1]);
  expect(walk(1, [RESULT.unknown, RESULT.unknown], { ...MANNER, dup: true, rounds: 1 })).toMatchObject({
    places: [0, 0],
    final: RESULT.unknown,
  });
});

test('the only address is not tried before its time', () => {
  const next = after(FRESH, RESULT.noAnswer, 1, MANNER, NOW, NOW + 300_000);
  expect(next).toMatchObject({ dueAt: NOW + 300_000 });
});

test('an address that asked for patience has it, also when it is not the one that was tried last', () => {
  const patient = { ...MANNER, gap: 0, pause: 0 };
  let next = after(FRESH, RESULT.noAnswer, 2, patient, NOW, NOW + 300_000);
  expect(next).toMatchObject({ progress: { at: 1 }, dueAt: NOW });
  if ('final' in next) throw new Error('it goes on');
  next = after(next.progress, RESULT.noAnswer, 2, patient, NOW + 1_000);
  expect(next).toMatchObject({ progress: { round: 2, at: 0 }, dueAt: NOW + 300_000 });
  if ('final' in next) throw new Error('it goes on');
  // It says nothing of the other one, nor of later.
  expect(after(next.progress, RESULT.noAnswer, 2, patient, NOW + 300_000)).toMatchObject({
    progress: { round: 2, at: 1 },
    dueAt: NOW + 300_000,
  });
});

const anyResult = fc.constantFrom<Result>(4, 5, 6, 7, 8, 11, 13, 14, 15);
const anyManner = fc.record({
  rounds: fc.integer({ min: 1, max: 5 }),
  pause: fc.nat(10_000),
  gap: fc.nat(5_000),
  busy: fc.nat(60_000),
  dup: fc.boolean(),
  confirms: fc.boolean(),
});

test('whatever happens it ends, in bounded attempts, with the best of its results', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(anyResult, { maxLength: 400 }), anyManner, (addresses, script, manner) => {
      const { places, final } = walk(addresses, script, manner);
      // Each address twice in a round (busy or in doubt), five faults of channels to each.
      expect(places.length).toBeLessThanOrEqual(addresses * manner.rounds * 3 * 5);
      expect(places.every((place) => place >= 0 && place < addresses)).toBe(true);
      const results = places.map((_, turn) => script[turn] ?? RESULT.noAnswer).filter((result) => result !== RESULT.channelError);
      for (const result of results) expect(improves(final, result) && final !== result && [2, 3].includes(result)).toBe(false);
      if (results.length > 0) expect(results).toContain(final);
    }),
  );
});

test('no address is tried more often in a round than its results allow', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.array(anyResult, { maxLength: 200 }), anyManner, (addresses, script, manner) => {
      let progress: Progress = FRESH;
      const tries = new Map<string, Result[]>();
      for (let turn = 0; turn < 2_000; turn += 1) {
        const result = script[turn] ?? RESULT.noAnswer;
        const key = `${progress.round}:${progress.at}`;
        if (result !== RESULT.channelError) tries.set(key, [...(tries.get(key) ?? []), result]);
        const next = after(progress, result, addresses, manner, NOW);
        if ('final' in next) break;
        progress = next.progress;
      }
      for (const results of tries.values()) {
        const most = 1 + (results.includes(RESULT.busy) ? 1 : 0) + (results.includes(RESULT.unknown) ? 1 : 0);
        expect(results.length).toBeLessThanOrEqual(most);
      }
    }),
  );
});
