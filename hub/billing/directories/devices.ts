import type { Entry } from '../directory-entry.ts';
import { textColumn } from '../sql/columns.ts';
import { directoryTable } from '../sql/directory-table.ts';
import { deviceUses, inetTypeUses } from '../sql/directory-uses.ts';
import { type Directory, directory } from './directory.ts';
import { day, flag, line, number, numbers, reference, text } from './fields.ts';
import { usedBy } from './users.ts';
import { wrongField } from './wrong-field.ts';

const CONFIG = 100_000;

export type InetType = Entry & { title: string; config: string; need_login: boolean; need_device: boolean; sessions: number };

/** Types of internet services: what a service of the type cannot be without. */
export const INET_TYPES: Directory<InetType> = directory<InetType>({
  name: 'inet-type',
  path: 'inet-types',
  one: { en: 'type of internet services', ru: 'тип сервиса интернета' },
  many: { en: 'types of internet services', ru: 'типы сервисов интернета' },
  table: directoryTable({
    name: 'inetType',
    table: 'inet_service_type',
    id: 'type_id',
    columns: { title: 'title', config: 'config', need_login: 'need_login', need_device: 'need_device', sessions: 'sessions' },
    order: ['title'],
  }),
  fields: {
    title: line(200, { en: 'title', ru: 'название' }),
    need_login: flag({ en: 'a service needs a login', ru: 'сервису нужен логин' }, true),
    need_device: flag({ en: 'a service needs a device', ru: 'сервису нужно устройство' }, false),
    sessions: number(0, 1_000_000, { en: 'sessions at once', ru: 'одновременных сессий' }, { default: 1 }),
    config: text(CONFIG, { en: 'settings for the programs that serve it', ru: 'настройки для обслуживающих программ' }),
  },
  secret: ['config'],
  uses: usedBy(inetTypeUses),
});

export type Device = Entry & { parent_id: number | null; title: string; date_from: string | null; date_to: string | null };

/** Devices at which internet services end (catalogue 4.7): a tree. */
export const DEVICES: Directory<Device> = directory<Device>({
  name: 'device',
  path: 'devices',
  one: { en: 'device', ru: 'устройство' },
  many: { en: 'devices', ru: 'устройства' },
  table: directoryTable({
    name: 'device',
    table: 'inet_device',
    id: 'device_id',
    columns: {
      title: 'title',
      parent_id: 'parent_id',
      type_id: 'type_id',
      ident: 'ident',
      host: 'host',
      comment: 'comment',
      config: 'config',
      username: 'username',
      groups: 'groups',
      svlan: 'svlan',
      date_from: textColumn('date_from'),
      date_to: textColumn('date_to'),
    },
    order: ['title'],
    filters: { parent_id: ['t.parent_id', 'int'], type_id: ['t.type_id', 'int'] },
    searched: `t.title || ' ' || t.ident || ' ' || t.host`,
  }),
  fields: {
    title: line(200, { en: 'title', ru: 'название' }),
    parent_id: reference(() => DEVICES, { en: 'the device above it', ru: 'устройство, за которым оно стоит' }, { optional: true }),
    type_id: number(
      0,
      1_000_000_000,
      { en: 'number of its type, as the programs of the site have it', ru: 'номер типа в программах площадки' },
      { default: 0 },
    ),
    ident: line(200, { en: 'identifier: a MAC address, a serial number', ru: 'идентификатор: MAC-адрес, серийный номер' }, { default: '' }),
    host: line(253, { en: 'address', ru: 'адрес' }, { default: '' }),
    comment: line(1_000, { en: 'remark', ru: 'примечание' }, { default: '' }),
    username: line(200, { en: 'login at the device', ru: 'логин на устройстве' }, { default: '' }),
    config: text(CONFIG, { en: 'settings for the programs that serve it', ru: 'настройки для обслуживающих программ' }),
    groups: numbers(200, { en: 'numbers of groups of devices', ru: 'номера групп устройств' }),
    svlan: number(-1, 4_095, { en: 'S-VLAN; -1: none', ru: 'S-VLAN; -1: нет' }, { default: -1 }),
    date_from: day({ en: 'first day in use', ru: 'первый день работы' }),
    date_to: day({ en: 'last day in use', ru: 'последний день работы' }),
  },
  tree: true,
  secret: ['config', 'username'],
  async check(_tx, _act, { date_from: from, date_to: to }) {
    if (from !== null && to !== null && from > to)
      throw wrongField('date_to', 'period', { en: `${to} is before ${from}`, ru: `${to} раньше ${from}` });
  },
  uses: usedBy(deviceUses),
});
