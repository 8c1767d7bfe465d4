import { type CommandRow, RIGHT } from '../command.ts';

/** Rows 1 to 5 of the specification: the session. */
export const SESSION = [
  {
    name: 'LOGIN',
    request: '<login> <password>',
    answer: ['OK <welcome>', 'HASP <haspset> <boards> <gsmmodems> <dynamiccts> <email> <e1>'],
    beforeLogin: true,
    rights: 0,
    errors: ['ERR_BADLOGIN'],
    en: 'Logs in; the second line of the answer begins with `HASP` and shows the licence. A second LOGIN changes the user; where it fails, the session is logged out.',
    ru: 'Вход; вторая строка ответа начинается с `HASP` и показывает лицензию. Повторный LOGIN меняет пользователя, а при неудаче завершает сеанс.',
  },
  {
    name: 'CHECKPASSW',
    request: '<login> <password>',
    answer: ['OK <login>'],
    rights: 0,
    errors: ['ERR_CHECKPASSW'],
    en: 'Checks a password; the session keeps its user.',
    ru: 'Проверка пароля; пользователь сеанса не меняется.',
  },
  {
    name: 'PING',
    request: '[token]',
    answer: ['OK [token]'],
    beforeLogin: true,
    rights: 0,
    errors: [],
    en: 'Answers what it was sent. A session that has used PING or MONITORING gets a `PING` after every 60 s of silence and need not answer it.',
    ru: 'Возвращает присланное. Сеанс, который использовал PING или MONITORING, получает `PING` после каждых 60 с тишины; отвечать не обязательно.',
  },
  {
    name: 'QUIT',
    request: '',
    answer: ['OK'],
    beforeLogin: true,
    rights: 0,
    errors: [],
    en: 'Ends the session after the pending answers.',
    ru: 'Завершает сеанс после ожидающих ответов.',
  },
  {
    name: 'MONITORING',
    request: '<mask>',
    answer: ['OK <mask>'],
    rights: RIGHT.view,
    errors: [],
    en: 'What is pushed to this session, as a sum: 1 progress of tasks, 2 channels, 4 log (needs right 64, too), 8 edits of the directory and of tasks; 0 nothing.',
    ru: 'Что сервер присылает сеансу сам, суммой: 1 ход заданий, 2 каналы, 4 журнал (нужно и право 64), 8 изменения справочника и заданий; 0 ничего.',
  },
] as const satisfies readonly CommandRow[];
