import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MailSink } from '../alerts/mail-sink/mail-sink.ts';
import type { Smsc } from '../alerts/smsc/smsc.ts';
import type { Rest } from './rest.ts';
import type { Stage } from './stage.ts';
import type { Say } from './texts.ts';
import { until } from './until.ts';

/** What the demonstration of the alerts found; `good`: everybody was told once, and whoever answered is confirmed. */
export interface AlertsVerdict {
  readonly good: boolean;
  readonly told: number;
  readonly confirmed: number;
  /** From the start of the first task to the last word from a phone, milliseconds. */
  readonly took: number;
  readonly report: string;
}

export interface AlertsStage {
  readonly stage: Stage;
  readonly say: Say;
  readonly language: 'ru' | 'en';
  /** As the administrator. */
  readonly rest: Rest;
  /** The message centre and the mail server that take what goes out. */
  readonly smsc: Smsc;
  readonly mails: MailSink;
  /** Where the report is saved. */
  readonly folder: string;
}

/** Everybody has a phone and an address; each fourth does not answer. */
const PEOPLE = 200;
export const SILENT = 4;
export const CENTRE = { systemId: 'vestnik', password: 'demo' } as const;

interface Run {
  readonly status: string;
  readonly total: number;
  readonly notified: number;
  readonly confirmed: number;
  readonly failed: number;
  readonly left: number;
  readonly waiting: number;
}

const phoneOf = (person: number): string => `+7916${String(person).padStart(7, '0')}`;
/** Whether the phone of a person answers. */
export const answers = (phone: string): boolean => Number(phone.slice(-7)) % SILENT !== 0;

function tableOf(say: Say): string {
  const rows = Array.from({ length: PEOPLE }, (_, at) => {
    const person = at + 1;
    return [
      `D-${person}`,
      say('alertsPerson', { n: person }),
      say('alertsDepartment', { n: (person % 5) + 1 }),
      phoneOf(person),
      `d${person}@example.org`,
    ].join(';');
  });
  return ['external_id;name;department;phones;emails', ...rows].join('\r\n');
}

/** People come from a table, a list of them, two ways out. */
async function setUp({ stage, say, rest, smsc, mails }: AlertsStage): Promise<{ list: number; message: number }> {
  const group = say('alertsGroup');
  const imported = await rest.send<{ added: number }>(
    '/alerts/persons/import?dry_run=false&make_groups=true',
    { group },
    'text/csv',
    tableOf(say),
  );
  stage.detail(say('alertsImported', { n: imported.added }));
  const { items } = await rest.call<{ items: { id: number; name: string }[] }>('GET', '/alerts/groups');
  const list = await rest.call<{ id: number }>('POST', '/alerts/lists', { name: say('alertsList') });
  await rest.call('PATCH', `/alerts/lists/${list.id}/members`, {
    add: { groups: items.filter(({ name }) => name === group).map(({ id }) => id) },
  });
  await rest.call('POST', '/alerts/channel-groups', {
    kind: 'smpp',
    name: 'SMS',
    settings: { host: '127.0.0.1', port: smsc.port, ...CENTRE, source: 'VESTNIK', window: 10, tps: 200 },
  });
  await rest.call('POST', '/alerts/channel-groups', {
    kind: 'smtp',
    name: say('alertsMail'),
    settings: { host: '127.0.0.1', port: mails.port, tls: 'none', from: 'Vestnik <duty@example.org>' },
  });
  const message = await rest.call<{ id: number }>('POST', '/alerts/messages', {
    type: 'text',
    name: say('alertsTask'),
    text: say('alertsText', { name: '{name}' }),
  });
  await until('channels', async () => {
    const { items: channels } = await rest.call<{ items: { state: string }[] }>('GET', '/alerts/channels');
    return channels.length === 2 && channels.every(({ state }) => state === 'free');
  });
  return { list: list.id, message: message.id };
}

/** Two hundred people are told by SMS and by mail, answer or do not, and the report is saved (specification of alerts 1.2). */
export async function playAlerts(at: AlertsStage): Promise<AlertsVerdict> {
  const { stage, say, language, rest, smsc, mails, folder } = at;
  return stage.step(say('alerts', { n: PEOPLE }), async () => {
    const { list, message } = await setUp(at);
    const task = async (type: 'sms' | 'email', confirmation: object): Promise<number> => {
      const settings = [
        { key: 'rounds', value: '1' },
        { key: 'subject', value: say('alertsTask') },
      ];
      const name = `${say('alertsTask')} (${type})`;
      return (
        await rest.call<{ id: number }>('POST', '/alerts/tasks', {
          type,
          name,
          list_id: list,
          message_id: message,
          priority: 1,
          settings,
          confirmation,
        })
      ).id;
    };
    const sms = await task('sms', { kind: 'key', wait: 60 });
    const mail = await task('email', { kind: 'none' });
    const began = performance.now();
    const runOf = async (id: number): Promise<number> => {
      const { run } = await rest.call<{ run: { id: number } }>('POST', `/alerts/tasks/${id}/start`, {});
      return run.id;
    };
    const [smsRun, mailRun] = [await runOf(sms), await runOf(mail)];
    const look = (run: number) => rest.call<Run>('GET', `/alerts/runs/${run}`);
    const answering = Array.from({ length: PEOPLE }, (_, person) => phoneOf(person + 1)).filter(answers).length;
    await until('confirmations', async () => {
      const [first, second] = [await look(smsRun), await look(mailRun)];
      const { total, confirmed, waiting } = first;
      stage.live(say('alertsProgress', { total, confirmed, waiting, mails: second.notified }));
      return confirmed === answering && second.status === 'finished';
    });
    const took = Math.round(performance.now() - began);
    const state = await look(smsRun);
    const mailState = await look(mailRun);
    const phones = new Set(smsc.messages().map(({ to }) => to));
    stage.detail(
      say('alertsDone', { messages: smsc.messages().length, mails: mails.count, confirmed: state.confirmed, silent: state.waiting, took }),
    );
    const [shown] = smsc.messages();
    stage.detail(`  ${shown?.to}: ${shown?.text}`);

    const report = join(folder, 'report.html');
    for (const file of [report, join(folder, 'report.xlsx')]) {
      const format = file.endsWith('html') ? 'html' : 'xlsx';
      writeFileSync(file, await rest.bytes(`/alerts/runs/${smsRun}/report?format=${format}&language=${language}`));
      stage.detail(say('alertsReport', { file }));
    }
    await rest.call('POST', `/alerts/tasks/${sms}/stop`, {});
    const good =
      state.total === PEOPLE &&
      state.confirmed === answering &&
      state.failed === 0 &&
      mailState.notified === PEOPLE &&
      phones.size === PEOPLE &&
      smsc.messages().length === PEOPLE &&
      mails.count === PEOPLE;
    return { good, told: PEOPLE, confirmed: state.confirmed, took, report };
  });
}
