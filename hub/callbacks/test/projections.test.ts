import { beforeAll, describe, expect, test, vi } from 'vitest';
import { publish } from '../../core/events/publish.ts';
import { createEventStore } from '../../core/events/subscribe.ts';
import { addEndpoint } from '../add-endpoint.ts';
import { changeEndpoint } from '../change-endpoint.ts';
import { PROJECTED_EVENTS, projectNames } from '../project-names.ts';
import { dictionaryNamesInScope } from '../sql/projections.ts';
import { ALICE, BIN, type EndpointBench, openEndpointBench } from './support/endpoints.ts';

let bench: EndpointBench;
beforeAll(async () => {
  bench = await openEndpointBench();
  return () => bench.drop();
});

const add = async (body: string): Promise<number> => {
  const input = bench.input({ family: 'order', name: 'SAP', url: BIN, body, headers: 'Content-Type: text/plain' });
  return (await bench.database.transaction((tx) => addEndpoint(tx, ALICE, bench.ports, input))).id;
};
const warnings = async (id: number) => (await bench.rest.send('GET', `/callbacks/endpoints/${id}`)).json.warnings;
const notices = (id: number) =>
  bench.rows<{ data: Record<string, unknown> }>(
    "SELECT data FROM event WHERE type = 'vestnik.callbacks.endpoint.warned' AND subject = $1 ORDER BY id",
    [`endpoint/${id}`],
  );

describe('a dictionary in use', () => {
  test('that is renamed warns those who use its name, with a notice; the template stays; the next save clears it', async () => {
    await bench.dictionary(1, 'Команда', 'Team');
    await bench.dictionary(2, 'Проект');
    const [user, latin, other] = [await add('@DIC:Команда;'), await add('@{DIC:Team}'), await add('@DIC:Проект')];
    await bench.dictionary(1, 'Бригада', 'Team');
    expect(await warnings(user)).toEqual([{ code: 'dictionary_renamed', at: expect.any(String), dictionary: 'Команда', now: 'Бригада' }]);
    expect(await warnings(latin)).toEqual([]);
    expect(await warnings(other)).toEqual([]);
    expect((await notices(user)).map(({ data }) => data)).toMatchObject([
      { endpoint_id: user, code: 'dictionary_renamed', dictionary: 'Команда' },
    ]);
    expect((await bench.rest.send('GET', `/callbacks/endpoints/${user}`)).json.body).toBe('@DIC:Команда;');
    await bench.dictionary(1, 'Бригада', null);
    expect(await warnings(latin)).toMatchObject([{ dictionary: 'Team', now: 'Бригада' }]);
    await bench.rest.send('PATCH', `/callbacks/endpoints/${user}`, { body: { body: '@DIC:Бригада;' } });
    expect(await warnings(user)).toEqual([]);
  });

  test('that is deleted warns, too; other changes of it do not', async () => {
    await bench.dictionary(3, 'Центр  затрат');
    const id = await add('@DIC:Центр затрат');
    await bench.dictionary(3, 'Центр  затрат');
    expect(await warnings(id)).toEqual([]);
    await bench.dictionary(3, null);
    expect(await warnings(id)).toMatchObject([{ code: 'dictionary_deleted', dictionary: 'Центр затрат' }]);
    await bench.dictionary(3, null);
    expect(await notices(id)).toHaveLength(1);
  });

  test('warnings are bounded', async () => {
    await bench.dictionary(4, 'Имя');
    const id = await add('@DIC:Имя');
    for (let round = 0; round < 25; round += 1) {
      await bench.dictionary(4, `Другое ${round}`);
      await bench.dictionary(4, 'Имя');
    }
    expect(await warnings(id)).toHaveLength(20);
  });

  test('saves and renames at once neither block one another for ever nor miss a warning', async () => {
    await bench.dictionary(5, 'Старое');
    const id = await add('@DIC:Старое');
    const save = (round: number) =>
      bench.database.transaction((tx) =>
        changeEndpoint(tx, ALICE, bench.ports, { id, change: { max_attempts: 1 + (round % 50), body: '@DIC:Старое' } }),
      );
    for (let round = 0; round < 8; round += 1) {
      await bench.dictionary(5, 'Старое');
      await Promise.all([save(round), bench.dictionary(5, `Новое ${round}`), save(round + 20)]);
      const names = (await dictionaryNamesInScope(bench.database.work)).map(({ name }) => name);
      expect(names).not.toContain('Старое');
      // Saved after the rename, its text no longer names a dictionary: that is told by the save. Saved before, it is warned.
      const { json } = await bench.rest.send('GET', `/callbacks/endpoints/${id}`);
      const [row] = await bench.rows<{ dictionaries: string[] }>(
        'SELECT dictionaries FROM callback_endpoint_version WHERE endpoint_id = $1 ORDER BY version DESC LIMIT 1',
        [id],
      );
      if (row?.dictionaries.length === 0) expect(json.warnings).toEqual([]);
      else expect(json.warnings).toMatchObject([{ dictionary: 'Старое' }]);
    }
  }, 30_000);
});

describe('the subscription', () => {
  test('takes what travel publishes, in its order', async () => {
    const events = createEventStore({ database: bench.database, keepDays: 30 });
    await events.start();
    try {
      await events.subscribe('callbacks.names', PROJECTED_EVENTS, projectNames);
      const dictionary = (Name: string) => ({
        type: 'vestnik.travel.SimpleMetaDictionary',
        subject: 'dictionary/9',
        data: { family: 'static', action: 'update', id_Object: 9, object: { id_MetaDictionary: 9, Name, NameLatin: '', id_Group: 1 } },
      });
      await bench.database.transaction((tx) =>
        publish(
          tx,
          dictionary('Первое'),
          {
            type: 'vestnik.travel.Organization',
            subject: 'organization/91',
            data: { action: 'create', id_Organization: 91, Name: 'Ветер', kind: 'agency', active: true },
          },
          dictionary('Второе'),
        ),
      );
      await vi.waitFor(async () => {
        expect((await dictionaryNamesInScope(bench.database.work)).at(-1)).toEqual({ name: 'Второе', nameLatin: null });
      }, 10_000);
      expect(await bench.rows('SELECT name, kind, active FROM callback_organization_name WHERE organization_id = 91')).toEqual([
        { name: 'Ветер', kind: 'agency', active: true },
      ]);
    } finally {
      await events.stop();
    }
  }, 20_000);

  test('a malformed event is passed over, and what follows is taken', async () => {
    const type = 'vestnik.travel.SimpleMetaDictionary';
    await bench.tell(
      { type, data: {} },
      { type, data: { object: null, id_Object: 'x' } },
      { type, data: { object: { id_MetaDictionary: 10 } } },
      { type: 'vestnik.travel.Organization', data: { id_Organization: 1.5, Name: 'A' } },
      { type: 'vestnik.travel.Organization', data: { id_Organization: 92 } },
      { type: 'vestnik.travel.Organization', data: { id_Organization: 93, Name: 'A', kind: 'other', id_Parent: 'x' } },
      { type: 'vestnik.travel.Organization', data: { id_Organization: 91, action: 'delete' } },
    );
    expect(await bench.rows('SELECT organization_id, kind, parent_id FROM callback_organization_name WHERE organization_id > 90')).toEqual([
      { organization_id: 93, kind: 'client', parent_id: null },
    ]);
  });
});
