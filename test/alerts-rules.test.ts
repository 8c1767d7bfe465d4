import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type MailSink, startMailSink } from '../hub/alerts/mail-sink/mail-sink.ts';
import { createSmsc, type Smsc } from '../hub/alerts/smsc/smsc.ts';
import { type CallbacksHub, openCallbacksHub } from './support/callbacks-hub.ts';

// What happens in other modules starts tasks by rules, through the whole hub (specification of alerts, chapter 7).

const PATIENCE = { timeout: 25_000, interval: 50 };
const ACCOUNT = { systemId: 'vestnik', password: 'Secret-1' };

let hub: CallbacksHub;
let smsc: Smsc;
let mails: MailSink;
beforeAll(async () => {
  smsc = createSmsc({ accounts: [ACCOUNT] });
  await smsc.start();
  mails = await startMailSink();
  hub = await openCallbacksHub([], { environment: { VESTNIK_ALERTS__LINE__PORT: '0' } });
  const local = { host: '127.0.0.1', tls: 'none' };
  await alerts('POST', '/channel-groups', { kind: 'smpp', name: 'SMS', settings: { ...local, port: smsc.port, ...ACCOUNT } });
  await alerts('POST', '/channel-groups', {
    kind: 'smtp',
    name: 'Mail',
    settings: { ...local, port: mails.port, from: 'duty@example.org' },
  });
  await vi.waitFor(
    async () => expect((await alerts('GET', '/channels')).items).toMatchObject([{ state: 'free' }, { state: 'free' }]),
    PATIENCE,
  );
}, 60_000);
afterAll(async () => {
  await hub?.stop();
  await smsc?.stop();
  await mails?.stop();
});

const alerts = async (method: string, path: string, body?: object) => {
  const answer = await hub.call(method, `/alerts${path}`, body);
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer.body;
};

/** A task for one person, and the rule that starts it. @returns the rule */
async function rule(type: 'sms' | 'email', text: string, person: object, filter: object): Promise<number> {
  const name = `Rule by ${type}`;
  const group = (await alerts('POST', '/groups', { name })).id;
  await alerts('POST', '/persons', { name: 'Анна', group_id: group, ...person });
  const list = (await alerts('POST', '/lists', { name })).id;
  await alerts('PATCH', `/lists/${list}/members`, { add: { groups: [group] } });
  const message = (await alerts('POST', '/messages', { type: 'text', name, text })).id;
  const task = (await alerts('POST', '/tasks', { type, name, list_id: list, message_id: message, priority: 1 })).id;
  return (await alerts('POST', '/rules', { name, task_id: task, filter })).id;
}
const outcomes = async (id: number) =>
  (await alerts('GET', `/rules/${id}/matches`)).items.map((match: { outcome: string }) => match.outcome);

test('a trip that is cancelled sends an SMS', async () => {
  const id = await rule(
    'sms',
    'Поездка {event.id_ComplexReserve} отменена',
    { phones: [{ number: '+79161234567', type: 'mobile' }] },
    { type: 'vestnik.travel.ComplexReserveStateChanged', data: [{ path: 'ComplexState', equals: 'canceled' }] },
  );
  const order = { id_Organization: await hub.organization(), ReserveType: 'avia', automated: true };
  const { id_ComplexReserve: trip } = (await hub.call('POST', '/orders', order).expect(201)).body;
  await hub.call('POST', `/trips/${trip}/cancel`, {}).expect(200);
  await vi.waitFor(
    () => expect(smsc.messages().map(({ to, text }) => ({ to, text }))).toEqual([{ to: '+79161234567', text: `Поездка ${trip} отменена` }]),
    PATIENCE,
  );
  expect(await outcomes(id)).toEqual(['started']);
});

test('a contract that is blocked sends a mail', async () => {
  const id = await rule(
    'email',
    'Договор {event.contractTitle}: {event.statusTitle}',
    { emails: [{ address: 'manager@example.org' }] },
    { type: 'vestnik.billing.contract.status-changed', data: [{ path: 'status', in: [2, 4] }] },
  );
  const contract = (await hub.call('POST', '/billing/contracts', { title: 'Д-17' }).expect(201)).body;
  await hub.call('POST', `/billing/contracts/${contract.id}/statuses`, { status: 4 }).expect(201);
  await vi.waitFor(() => expect(mails.mails).toHaveLength(1), PATIENCE);
  const mail = await simpleParser(mails.mails[0]?.raw ?? '');
  expect(mail.text?.trim()).toBe('Договор Д-17: Приостановлен');
  expect(await outcomes(id)).toEqual(['started']);
});
