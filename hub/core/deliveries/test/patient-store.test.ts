import { expect, test } from 'vitest';
import { createPatientStore } from '../patient-store.ts';

const away = (): Error => Object.assign(new Error('terminating connection'), { code: '57P01' });

/** A store that refuses whole what `refuses` names, as often as it says. */
function shelf(refuses: Record<string, number>) {
  const kept: string[] = [];
  const bare: string[] = [];
  const offered: string[][] = [];
  const state = { absent: 0, gaveUp: false, kept, bare, offered };
  const store = createPatientStore<string>({
    async store(group, whole) {
      if (state.absent > 0) {
        state.absent -= 1;
        throw away();
      }
      offered.push([...group]);
      const refused = group.find((one) => (refuses[one] ?? 0) > 0);
      if (whole && refused !== undefined) {
        if (group.length === 1) refuses[refused] = (refuses[refused] ?? 0) - 1;
        throw new Error(`${refused} is refused`);
      }
      (whole ? kept : bare).push(...group);
    },
    givesUp: () => state.gaveUp,
    nameOf: () => ({ delivery: 1 }),
  });
  return { store, state };
}

test('one that is refused takes no other with it, and is stored when it is taken', async () => {
  const { store, state } = shelf({ c: 2 });
  const later = await store.store(['a', 'b', 'c', 'd']);
  expect(state.kept.toSorted()).toEqual(['a', 'b', 'd']);
  expect([...later.keys()]).toEqual(['c']);
  await later.get('c');
  expect(state.kept).toContain('c');
  expect(state.bare).toEqual([]);
});

test('one that is never taken is stored bare after three tries, and a stop waits for it', async () => {
  const { store, state } = shelf({ b: Number.POSITIVE_INFINITY });
  await store.store(['a', 'b']);
  expect(state.bare).toEqual([]);
  await store.stop();
  expect([state.kept, state.bare]).toEqual([['a'], ['b']]);
  expect(state.offered.filter(([first, second]) => first === 'b' && second === undefined)).toHaveLength(4);
});

test('all wait for a database that is away, those that were refused, too', async () => {
  const { store, state } = shelf({ b: 1 });
  state.absent = 2;
  const later = await store.store(['a', 'b']);
  expect(state.kept).toEqual(['a']);
  state.absent = 1;
  await later.get('b');
  expect(state.kept).toEqual(['a', 'b']);
});

test('who cannot wait any longer is told', async () => {
  const { store, state } = shelf({ b: 1 });
  const later = await store.store(['a', 'b']);
  state.absent = Number.POSITIVE_INFINITY;
  state.gaveUp = true;
  await expect(later.get('b')).rejects.toThrow('terminating connection');
  await expect(store.store(['c'])).rejects.toThrow('terminating connection');
  await store.stop();
});
