import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AlertsBench, alertsBench } from './support/alerts-bench.ts';
import { type AlertsRest, alertsRest } from './support/alerts-rest.ts';
import { wav } from './support/wav.ts';

/** Specification of alerts 8.3.5: every edit, start, stop, file access and report is audited, with who, from where and what. */
let bench: AlertsBench;
let rest: AlertsRest;
beforeAll(async () => {
  bench = await alertsBench();
  rest = await alertsRest(bench);
});
afterAll(async () => {
  await rest.stop();
  await bench.end();
});

interface Prepared {
  readonly path: string;
  readonly body?: unknown;
}
interface Row {
  /** Makes what the call needs. */
  prepare(): Promise<Prepared>;
  readonly action: string;
  /** Of the audit; undefined: the last number in the path. */
  readonly object?: string;
}

/** Bytes go under the type that their route takes. */
const sent = (path: string, body: unknown) => ({
  ...(body !== undefined && { body }),
  ...(body instanceof Uint8Array && { headers: { 'content-type': path.startsWith('/files') ? 'audio/wav' : 'text/csv' } }),
});
const send = async (method: string, path: string, body?: unknown) => {
  const answer = await rest.send(method, path, sent(path, body));
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.json)}`);
  return answer.json;
};
let made = 0;
const name = (): string => {
  made += 1;
  return `N${made}`;
};
const group = async () => (await send('POST', '/groups', { name: name() })).id as number;
const list = async () => (await send('POST', '/lists', { name: name() })).id as number;
const message = async () => (await send('POST', '/messages', { type: 'text', name: name(), text: 'Hi' })).id as number;
const person = async () => (await send('POST', '/persons', { name: name(), group_id: await group() })).id as number;
const task = async () =>
  (await send('POST', '/tasks', { type: 'sms', name: name(), list_id: await list(), message_id: await message() })).id as number;
const filter = { type: 'vestnik.test.Never' };
const rule = async () => (await send('POST', '/rules', { name: name(), task_id: await task(), filter })).id as number;
const channels = async (enabled: boolean) =>
  (await send('POST', '/channel-groups', {
    kind: 'smpp',
    name: name(),
    enabled,
    settings: { host: '127.0.0.1', systemId: 'v', password: 'x' },
  })) as {
    id: number;
    channels: number[];
  };
const file = async () => {
  const path = `/files/${name()}.wav`;
  await send('PUT', path, wav());
  return path;
};
const run = async () => {
  const id = await task();
  return { id, run: (await send('POST', `/tasks/${id}/start`, { restart: true })).run.id as number };
};
const with_ =
  (make: () => Promise<number>, path: (id: number) => string, body?: () => Promise<unknown> | unknown) => async (): Promise<Prepared> => {
    const id = await make();
    return { path: path(id), ...(body && { body: await body() }) };
  };

/** Every changing route, and those that read files and reports. */
const ROUTES: Readonly<Record<string, Row>> = {
  'POST /groups': { prepare: async () => ({ path: '/groups', body: { name: name() } }), action: 'alerts.group.add' },
  'PUT /groups/:id': {
    prepare: with_(
      group,
      (id) => `/groups/${id}`,
      () => ({ name: name() }),
    ),
    action: 'alerts.group.change',
  },
  'DELETE /groups/:id': { prepare: with_(group, (id) => `/groups/${id}`), action: 'alerts.group.delete' },
  'POST /groups/:id/people': {
    prepare: with_(
      group,
      (id) => `/groups/${id}/people`,
      async () => ({ people: [await person()] }),
    ),
    action: 'alerts.group.join',
  },
  'POST /lists': { prepare: async () => ({ path: '/lists', body: { name: name() } }), action: 'alerts.list.add' },
  'PUT /lists/:id': {
    prepare: with_(
      list,
      (id) => `/lists/${id}`,
      () => ({ name: name() }),
    ),
    action: 'alerts.list.change',
  },
  'DELETE /lists/:id': { prepare: with_(list, (id) => `/lists/${id}`), action: 'alerts.list.delete' },
  'PATCH /lists/:id/members': {
    prepare: with_(
      list,
      (id) => `/lists/${id}/members`,
      async () => ({ add: { people: [await person()] } }),
    ),
    action: 'alerts.list.change-members',
  },
  'DELETE /lists/:id/members': {
    prepare: async () => {
      const id = await list();
      await send('PATCH', `/lists/${id}/members`, { add: { people: [await person()] } });
      return { path: `/lists/${id}/members` };
    },
    action: 'alerts.list.clear',
  },
  'POST /persons': {
    prepare: async () => ({ path: '/persons', body: { name: name(), group_id: await group() } }),
    action: 'alerts.person.add',
  },
  'PUT /persons/:id': {
    prepare: with_(
      person,
      (id) => `/persons/${id}`,
      () => ({ rank: name() }),
    ),
    action: 'alerts.person.change',
  },
  'DELETE /persons/:id': { prepare: with_(person, (id) => `/persons/${id}`), action: 'alerts.person.delete' },
  'POST /persons/delete': {
    prepare: async () => ({ path: '/persons/delete', body: { people: [await person()] } }),
    action: 'alerts.person.delete',
    object: 'the person',
  },
  'POST /persons/import': {
    prepare: async () => ({
      path: '/persons/import?dry_run=false&make_groups=true',
      body: Buffer.from(`name;group\n${name()};${name()}\n`),
    }),
    action: 'alerts.person.import',
    object: 'people',
  },
  'GET /persons/export': { prepare: async () => ({ path: '/persons/export' }), action: 'alerts.person.export', object: 'people' },
  'POST /messages': {
    prepare: async () => ({ path: '/messages', body: { type: 'text', name: name(), text: 'Hi' } }),
    action: 'alerts.message.add',
  },
  'PUT /messages/:id': {
    prepare: with_(
      message,
      (id) => `/messages/${id}`,
      () => ({ text: name() }),
    ),
    action: 'alerts.message.change',
  },
  'DELETE /messages/:id': { prepare: with_(message, (id) => `/messages/${id}`), action: 'alerts.message.delete' },
  'PUT /files/:name': { prepare: async () => ({ path: '/files/one.wav', body: wav() }), action: 'alerts.file.add', object: 'one.wav' },
  'GET /files/:name': { prepare: async () => ({ path: await file() }), action: 'alerts.file.read' },
  'DELETE /files/:name': { prepare: async () => ({ path: await file() }), action: 'alerts.file.delete' },
  'POST /tasks': {
    prepare: async () => ({ path: '/tasks', body: { type: 'sms', name: name(), list_id: await list(), message_id: await message() } }),
    action: 'alerts.task.add',
  },
  'PUT /tasks/:id': {
    prepare: with_(
      task,
      (id) => `/tasks/${id}`,
      () => ({ priority: 2 }),
    ),
    action: 'alerts.task.change',
  },
  'DELETE /tasks/:id': { prepare: with_(task, (id) => `/tasks/${id}`), action: 'alerts.task.delete' },
  'POST /tasks/:id/start': {
    prepare: with_(
      task,
      (id) => `/tasks/${id}/start`,
      () => ({}),
    ),
    action: 'alerts.task.start',
  },
  'POST /tasks/:id/stop': { prepare: async () => ({ path: `/tasks/${(await run()).id}/stop` }), action: 'alerts.task.stop' },
  'GET /runs/:id/report': {
    prepare: async () => ({ path: `/runs/${(await run()).run}/report?format=csv` }),
    action: 'alerts.report.read',
    object: 'the task',
  },
  'PUT /channels/:number': {
    prepare: async () => ({ path: `/channels/${(await channels(true)).channels[0]}`, body: { enabled: false } }),
    action: 'alerts.channel.change',
  },
  'POST /channel-groups': {
    prepare: async () => ({
      path: '/channel-groups',
      body: { kind: 'smtp', name: name(), settings: { host: 'localhost', from: 'a@example.org' } },
    }),
    action: 'alerts.channel-group.add',
  },
  'PUT /channel-groups/:id': {
    prepare: async () => ({ path: `/channel-groups/${(await channels(true)).id}`, body: { name: name() } }),
    action: 'alerts.channel-group.change',
  },
  'DELETE /channel-groups/:id': {
    prepare: async () => ({ path: `/channel-groups/${(await channels(false)).id}` }),
    action: 'alerts.channel-group.delete',
  },
  'POST /channel-groups/:id/test': {
    prepare: async () => {
      const { id } = await channels(true);
      await bench.rows('UPDATE alerts_channel SET state = 1 WHERE group_id = $1', id);
      return { path: `/channel-groups/${id}/test`, body: { address: '+79161234567' } };
    },
    action: 'alerts.channel-group.test',
  },
  'PUT /licence': {
    prepare: async () => ({ path: '/licence', body: { boards: 3 } }),
    action: 'alerts.setting.change',
    object: 'licence.boards',
  },
  'PUT /settings/:key': {
    prepare: async () => ({ path: '/settings/personGap', body: { value: '12' } }),
    action: 'alerts.setting.change',
    object: 'personGap',
  },
  'POST /rules': {
    prepare: async () => ({ path: '/rules', body: { name: name(), task_id: await task(), filter } }),
    action: 'alerts.rule.add',
  },
  'PUT /rules/:id': {
    prepare: with_(
      rule,
      (id) => `/rules/${id}`,
      () => ({ cooldown: 5 }),
    ),
    action: 'alerts.rule.change',
  },
  'DELETE /rules/:id': { prepare: with_(rule, (id) => `/rules/${id}`), action: 'alerts.rule.delete' },
};
/** They change nothing; a proof of a password is told of by the start that it is for. */
const CHANGE_NOTHING = ['POST /tasks/preview', 'POST /rules/try', 'POST /start-proofs', 'POST /tts'];

test('the table has every route that changes something', () => {
  const changing = rest.routes.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
  expect(changing.filter((one) => !(one in ROUTES)).sort()).toEqual([...CHANGE_NOTHING].sort());
});

describe.each(Object.entries(ROUTES))('%s', (route, { prepare, action, object }) => {
  test(`is audited as ${action}`, async () => {
    const { path, body } = await prepare();
    const last = await bench.rows<{ id: string }>('SELECT COALESCE(max(id), 0)::text AS id FROM audit');
    const [method = ''] = route.split(' ');
    const answer = await rest.send(method, path, sent(path, body));
    expect(answer.status, JSON.stringify(answer.json)).toBeLessThan(300);
    const written = await bench.rows<Record<string, unknown>>(
      `SELECT login, face, address, action, object, request_id IS NOT NULL AS asked FROM audit WHERE id > $1 ORDER BY id`,
      last[0]?.id ?? '0',
    );
    const found = written.find((row) => row['action'] === action);
    expect(found, JSON.stringify(written)).toMatchObject({ login: '*', face: 'rest', address: '127.0.0.1', asked: true });
    const named = decodeURIComponent(
      path
        .split('?')[0]
        ?.split('/')
        .filter((part) => !/^(start|stop|people|members|test)$/.test(part))
        .at(-1) ?? '',
    );
    const right = object ?? (/^\d+$|\.wav$/.test(named) ? named : String(answer.json.id));
    if (!object?.startsWith('the ')) expect(found?.['object']).toBe(right);
  });
});
