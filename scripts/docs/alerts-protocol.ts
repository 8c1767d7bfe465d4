import { renderLineHelp } from '../../client/line/help.ts';
import { CHANNEL_KINDS, CHANNEL_STATES } from '../../hub/alerts/channels/driver.ts';
import { MESSAGE_TYPE, PHONE_TYPE, REMOTE, TASK_STATUS, TASK_TYPE } from '../../hub/alerts/kinds.ts';
import { RIGHT } from '../../hub/alerts/line/codec/command.ts';
import { COMMANDS, type Command, type Parameters } from '../../hub/alerts/line/codec/commands.ts';
import { ERRORS } from '../../hub/alerts/line/codec/errors.ts';
import type { Numbering } from '../../hub/alerts/line/codec/numbering.ts';
import * as codec from '../../hub/alerts/line/codec.ts';
import { RESULT } from '../../hub/alerts/result.ts';
import { SETTING_FORMS, type SettingForm } from '../../hub/alerts/task-settings.ts';
import { type Language, PROTOCOL_TEXTS, SETTING_TEXTS } from './alerts-protocol-texts.ts';

/** First commands of the sections, in their order. */
const SECTIONS = ['LOGIN', 'USERS', 'GETTASKS', 'GETGROUPS', 'MESSAGES', 'GETCHANNELS'] as const;

const EXAMPLE = `C LOGIN admin Secret-123
S LOGIN OK Здравствуйте,%20Анна.%20Vestnik%201.0
S HASP 1 2 1 1 1 0
C GETTASK 1
S GETTASK OK 1 0 Пожар%20корпус%202 3 12 1 1111000 0;w=00:00-24:00 1;fire2;1 1;4711 0 2;t=10;n=3 rounds=3;ring=25
C GETTASK 42
S GETTASK ERR_GETTASK Задание%20не%20найдено.
C UPDATEABONENT BEGIN 15
C UPDATEABONENT DATA 1 0 Иванов%20И.И. 10 2026-07-01 2026-07-14 4321  АО%20«Заря» Охрана  Инженер отпуск
C UPDATEABONENT PHONE 1 +79161234567 1
C UPDATEABONENT END
S UPDATEABONENT OK 15 1 0 Иванов%20И.И. 10 2026-07-01 2026-07-14 4321  2026-03-02T09:15:00 2026-03-02T09:16:10 АО%20«Заря» Охрана  Инженер отпуск
S UPDATEABONENT PHONE 1 +79161234567 1
S UPDATEABONENT END
C STARTTASK 1 1
S UPDATETASK OK 1 Пожар%20корпус%202 0 2
C QUIT
S QUIT OK`;

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${text}\``;

/** docs/alerts-protocol.md and .ru.md: the line protocol, from the tables by which the hub serves it. */
export function renderAlertsProtocol(language: Language): string {
  const texts = PROTOCOL_TEXTS[language];
  const chapter = (title: string, lines: readonly string[]): string[] => [`## ${title}`, '', ...lines, ''];
  return [
    `# ${texts.title}`,
    '',
    `<!-- ${texts.source} -->`,
    '',
    ...texts.intro,
    '',
    ...chapter(texts.lines, texts.lineTexts),
    ...chapter(texts.answers, texts.answerTexts),
    ...chapter(texts.blocks, texts.blockTexts),
    ...chapter(texts.news, texts.newsTexts),
    ...chapter(texts.times, texts.timeTexts),
    ...chapter(texts.rights, [
      texts.rightsIntro,
      '',
      '| | |',
      '|---|---|',
      ...Object.values(RIGHT).map((bit, index) => `| ${bit} | ${texts.rightNames[index]} |`),
    ]),
    ...chapter(texts.commands, [texts.commandsIntro]),
    ...SECTIONS.flatMap((_, index) => commandLines(index, language)),
    ...chapter(texts.numbers, [texts.numberHead, '|---|---|', ...numberRows(language)]),
    ...chapter(texts.values, [
      texts.valueHead,
      '|---|---|',
      ...texts.valueRows.map(([field, form]) => `| ${field} | ${cell(form)} |`),
      '',
      texts.valueNotes,
    ]),
    ...chapter(texts.addinfo, [texts.addinfoIntro, '', texts.addinfoHead, '|---|---|---|---|', ...settingRows(language)]),
    ...chapter(texts.errors, [texts.errorsIntro, '', texts.errorHead, '|---|---|---|', ...errorRows(language)]),
    ...chapter(texts.example, [texts.exampleNote, '', '```text', EXAMPLE, '```']),
    ...chapter(texts.client, [texts.clientText, '', '```text', renderLineHelp(language), '```', '', texts.clientNote]),
    ...chapter(texts.open, [texts.openText]),
  ].join('\n');
}

function commandLines(section: number, language: Language): string[] {
  const texts = PROTOCOL_TEXTS[language];
  const firstOf = (index: number): number => (SECTIONS[index] === undefined ? COMMANDS.size + 1 : COMMANDS.get(SECTIONS[index])!.number);
  const commands = [...COMMANDS.values()].filter(({ number }) => number >= firstOf(section) && number < firstOf(section + 1));
  return [
    `### ${texts.sections[section]}`,
    '',
    texts.commandHead,
    '|---|---|---|---|---|---|',
    ...commands.map((command) => commandRow(command, language)),
    '',
  ];
}

function commandRow(command: Command, language: Language): string {
  const texts = PROTOCOL_TEXTS[language];
  const written = (word: string, { names }: Parameters): string => code([word, ...names].join(' '));
  const forms = command.request
    ? [written(command.name, command.request)]
    : Array.from(command.block ?? [], ([word, parameters]) => written(`${command.name} ${word}`, parameters));
  const also = command.aliases.length === 0 ? '' : ` (${texts.aliases} ${command.aliases.map(code).join(', ')})`;
  const answers = command.answer.map((line) => code(line.startsWith('HASP') ? line : `${command.answersAs} ${line}`));
  const rights = command.beforeLogin ? texts.noLogin : command.rights === 0 ? texts.anyLogin : String(command.rights);
  const row = [command.number, forms.join('<br>') + also, answers.join('<br>'), command.errors.join(', '), rights, command[language]];
  return `| ${row.map((value) => cell(String(value))).join(' | ')} |`;
}

/** Names of the code beside their numbers: they are English and plain enough for both languages. */
function numberRows(language: Language): string[] {
  const { numberNames: names } = PROTOCOL_TEXTS[language];
  const row = <T>(name: string, words: Readonly<Record<string, T>>, numbering: Numbering<T>): string =>
    `| ${name} | ${Object.entries(words)
      .map(([word, value]) => `${numbering.write(value)} ${wordText(word, language)}`)
      .join(', ')} |`;
  const listed = <T extends string>(words: readonly T[]): Record<T, T> =>
    Object.fromEntries(words.map((word) => [word, word])) as Record<T, T>;
  return [
    row(names.type, TASK_TYPE, codec.TASK_TYPE),
    row(names.status, TASK_STATUS, codec.STATUS),
    row(names.message, MESSAGE_TYPE, codec.MESSAGE_TYPE),
    row(names.phone, PHONE_TYPE, codec.PHONE_TYPE),
    row(names.remote, REMOTE, codec.REMOTE),
    row(names.result, RESULT, codec.RESULT),
    row(names.kind, listed(CHANNEL_KINDS), codec.CHANNEL_KIND),
    row(names.state, listed(CHANNEL_STATES), codec.CHANNEL_STATE),
  ];
}

const WORDS: Readonly<Record<string, { readonly en: string; readonly ru: string }>> = {
  call: { en: 'call-out', ru: 'обзвон' },
  loudspeaker: { en: 'loudspeaker', ru: 'ГГС' },
  sms: { en: 'SMS', ru: 'SMS' },
  email: { en: 'e-mail', ru: 'e-mail' },
  idle: { en: 'idle', ru: 'не запущено' },
  waiting: { en: 'waiting for its schedule', ru: 'ждёт расписания' },
  running: { en: 'running', ru: 'выполняется' },
  stopped: { en: 'stopped, can be continued', ru: 'остановлено, можно продолжить' },
  finished: { en: 'finished', ru: 'завершено' },
  failed: { en: 'failed', ru: 'не выполнено' },
  disabled: { en: 'disabled', ru: 'отключено' },
  sound: { en: 'recorded sound', ru: 'записанный звук' },
  speech: { en: 'speech', ru: 'синтез речи' },
  template: { en: 'speech with placeholders', ru: 'динамический синтез' },
  text: { en: 'text', ru: 'текст' },
  city: { en: 'city', ru: 'городской' },
  mobile: { en: 'mobile', ru: 'мобильный' },
  internal: { en: 'internal', ru: 'внутренний' },
  zone: { en: 'loudspeaker zone', ru: 'зона ГГС' },
  sip: { en: 'SIP', ru: 'SIP' },
  person: { en: 'a person', ru: 'человек' },
  serverByName: { en: 'a server, its task of the same name', ru: 'сервер, задание с тем же именем' },
  serverById: { en: 'a server, the task in `remote=` of `addinfo`', ru: 'сервер, задание из `remote=` в `addinfo`' },
  queued: { en: 'queued', ru: 'в очереди' },
  underWay: { en: 'in progress', ru: 'в работе' },
  notified: { en: 'notified', ru: 'оповещён' },
  confirmed: { en: 'confirmed', ru: 'подтвердил' },
  noAnswer: { en: 'no answer', ru: 'нет ответа' },
  busy: { en: 'busy', ru: 'занято' },
  refused: { en: 'refused or invalid address', ru: 'отказ или неверный адрес' },
  wrongCode: { en: 'wrong PIN or code', ru: 'неверный PIN или код' },
  machine: { en: 'answering machine', ru: 'автоответчик' },
  excluded: { en: 'excluded', ru: 'исключён' },
  noAddress: { en: 'no usable address', ru: 'нет подходящего адреса' },
  channelError: { en: 'channel error', ru: 'сбой канала' },
  cancelled: { en: 'cancelled', ru: 'отменено' },
  unconfirmed: { en: 'heard but not confirmed', ru: 'прослушал и не подтвердил' },
  unknown: { en: 'unknown (the server died meanwhile)', ru: 'неизвестно (сервер остановился)' },
  expired: { en: 'expired', ru: 'время истекло' },
  gsm: { en: 'GSM modem', ru: 'GSM-модем' },
  smpp: { en: 'SMPP', ru: 'SMPP' },
  smtp: { en: 'SMTP', ru: 'SMTP' },
  server: { en: 'subordinate server', ru: 'подчинённый сервер' },
  off: { en: 'off', ru: 'выключен' },
  free: { en: 'free', ru: 'свободен' },
  dialling: { en: 'dialling', ru: 'набирает' },
  ringing: { en: 'ringing', ru: 'вызывает' },
  talking: { en: 'talking', ru: 'разговор' },
  sending: { en: 'sending', ru: 'передаёт' },
  fault: { en: 'fault', ru: 'неисправен' },
};

function wordText(word: string, language: Language): string {
  const known = WORDS[word];
  if (!known) throw new Error(`scripts/docs/alerts-protocol.ts has no text for "${word}"`);
  return known[language];
}

function settingRows(language: Language): string[] {
  const { characters } = PROTOCOL_TEXTS[language];
  return Object.entries(SETTING_FORMS).map(([key, form]: [string, SettingForm]) => {
    const texts = SETTING_TEXTS[key as keyof typeof SETTING_FORMS];
    const values =
      'longest' in form ? characters(form.longest) : form.least === 0 && form.most === 1 ? '0, 1' : `${form.least} … ${form.most}`;
    return `| ${code(key)} | ${values} | ${texts.preset} | ${texts[language]} |`;
  });
}

function errorRows(language: Language): string[] {
  const { deletion: deleting, everyCommand } = PROTOCOL_TEXTS[language];
  return Object.entries(ERRORS).map(([name, { text, deletion }]) => {
    const commands = [...COMMANDS.values()]
      .filter(({ errors }) => (errors as readonly string[]).includes(name))
      .map((command) => command.name);
    const words = deletion === undefined ? text : `${text}<br>${deleting}: ${deletion}`;
    return `| ${name} | ${words} | ${commands.length === 0 ? everyCommand : commands.join(', ')} |`;
  });
}
