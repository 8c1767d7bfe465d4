import { changes, reads, service } from '../operation-notation.ts';

// Operators, directories, licence, plugins and news (catalogue 4.5).

export const userService = service({
  name: 'UserService',
  package: 'ru.bitel.bgbilling.kernel.bgsecure',
  namespace: 'http://service.common.bgsecure.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(1, 'getCurrentUserEmail(): string', 'Адрес почты того, кто спрашивает', 'The e-mail address of who asks'),
    reads(
      1,
      'findUsers(name?: string, status: int, page?: page): searchResult',
      'Поиск операторов по имени и состоянию',
      'Finds operators by name and state',
    ),
    reads(1, 'getUser(userId: int): user', 'Оператор по номеру', 'An operator by the number'),
    reads(1, 'listUsers(): user[]', 'Все операторы', 'All operators'),
    reads(1, 'userInfoGet(userId: int): userInfo', 'Имя оператора по номеру', 'The name of an operator by the number'),
    reads(1, 'userInfoList(): userInfo[]', 'Имена всех операторов', 'Names of all operators'),
    reads(1, 'loadUserActions(userId: int): bgsAction[]', 'Действия, разрешённые оператору', 'Actions that an operator may do'),
    changes(2, 'deleteUser(userId: int)', 'Удаляет оператора', 'Removes an operator'),
    changes(2, 'updateUser(name? (user): user, groups?: int[])', 'Создаёт или меняет оператора', 'Makes or changes an operator'),
  ],
});

export const directoryService = service({
  name: 'DirectoryService',
  package: 'ru.bitel.bgbilling.kernel.directory.api',
  namespace: 'http://service.common.api.directory.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(
      1,
      'getVersion(directoryItemClass?: string, moduleId: int): long',
      'Номер версии справочника: растёт с каждым его изменением',
      'The version of a directory: it grows with each change',
    ),
  ],
});

export const licenseService = service({
  name: 'LicenseService',
  package: 'ru.bitel.bgbilling.kernel.admin.license',
  namespace: 'http://service.common.license.admin.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(
      1,
      'getCurrentLicense(): licenseItem[]',
      'Лицензия: что разрешено, до какого дня, сколько',
      'The licence: what is allowed, until which day, how much',
      { since: '8.x' },
    ),
  ],
});

export const plugincfgService = service({
  name: 'PlugincfgService',
  package: 'ru.bitel.bgbilling.kernel.admin.plugincfg',
  namespace: 'http://common.plugincfg.admin.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(1, 'getPlugins(): pluginItem[]', 'Плагины этого сервера', 'Plugins of this server'),
    reads(2, 'getPlugin(arg0 (pluginId): int): pluginItem', 'Плагин по номеру', 'A plugin by its number'),
    changes(2, 'updatePlugin(arg0? (plugin): pluginItem)', 'Меняет настройку плагина', 'Changes the configuration of a plugin'),
  ],
});

export const newsService = service({
  name: 'NewsService',
  package: 'ru.bitel.bgbilling.kernel.admin.news',
  namespace: 'http://service.common.news.admin.kernel.bgbilling.bitel.ru/',
  operations: [
    changes(2, 'newsUpdate(news?: news): int', 'Создаёт или меняет новость', 'Makes or changes a piece of news'),
    reads(2, 'newsList(page?: page): news[]', 'Все новости', 'All news'),
    reads(2, 'newsListForContract(groups: long): news[]', 'Новости для договоров указанных групп', 'News for contracts of some groups'),
    changes(2, 'newsDelete(id: int)', 'Удаляет новость', 'Removes a piece of news'),
  ],
});
