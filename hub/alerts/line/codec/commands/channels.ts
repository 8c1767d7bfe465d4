import { type CommandRow, RIGHT } from '../command.ts';

/** Rows 50 to 52 of the specification: channels. */
export const CHANNELS = [
  {
    name: 'GETCHANNELS',
    request: '',
    answer: ['BEGIN <count>', 'DATA <n> <kind> <name> <enabled> <state>*', 'END'],
    rights: RIGHT.view,
    errors: [],
    en: 'All channels.',
    ru: 'Все каналы.',
  },
  {
    name: 'GETCHANINFO',
    request: '<n>',
    answer: ['OK <n> <kind> <name> <enabled> <state> <taskid> <abonid> <address> <since> <ok> <failed> <signal> <info>'],
    rights: RIGHT.view,
    errors: [],
    en: 'What one channel does now; an unknown number is ERR_BADSYNTAX.',
    ru: 'Чем сейчас занят канал; неизвестный номер: ERR_BADSYNTAX.',
  },
  {
    name: 'SETCHANINFO',
    request: '<n> <enabled> <name> <params>',
    answer: ['OK <n> <enabled> <name> <params>'],
    rights: RIGHT.channels,
    errors: ['ERR_NOHASP'],
    en: 'Changes a channel; `params` is `key=value;...` with the settings of its kind, an unknown key is ERR_BADSYNTAX.',
    ru: 'Изменяет канал; `params` имеет вид `ключ=значение;...` с настройками его вида, неизвестный ключ: ERR_BADSYNTAX.',
  },
] as const satisfies readonly CommandRow[];
