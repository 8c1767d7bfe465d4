import { changes, reads, service } from '../operation-notation.ts';

// Module instances, their services and configurations (catalogue 4.5).

export const moduleService = service({
  name: 'ModuleService',
  package: 'ru.bitel.bgbilling.kernel.module',
  namespace: 'http://service.common.module.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(1, 'moduleList(): bgModule[]', 'Экземпляры модулей этого сервера', 'Module instances of this server'),
    reads(1, 'installedModuleList(): bgInstalledModule[]', 'Установленные виды модулей', 'Kinds of modules that are installed'),
    reads(
      1,
      'contractModuleIds(contractId: int): int[]',
      'Номера экземпляров модулей договора',
      "Numbers of a contract's module instances",
    ),
    reads(1, 'contractModules(contractId: int): idTitle[]', 'Экземпляры модулей договора', 'Module instances of a contract', {
      since: '8.x',
    }),
    reads(1, 'moduleServiceList(moduleId: int): idTitle[]', 'Услуги экземпляра модуля', 'Services of a module instance', { since: '8.x' }),
    changes(2, 'moduleAdd(module?: string, title?: string): int', 'Создаёт экземпляр модуля', 'Makes a module instance'),
    changes(2, 'moduleUpdate(module?: bgModule)', 'Меняет экземпляр модуля', 'Changes a module instance'),
    changes(2, 'moduleDelete(id: int)', 'Удаляет экземпляр модуля', 'Removes a module instance'),
    reads(
      2,
      'installedClientModuleList(): bgInstalledModule[]',
      'Модули, для которых есть клиентская часть',
      'Modules that have a client part',
    ),
    reads(
      2,
      'installedClientModulePacketGet(module?: string): data: base64Binary',
      'Клиентская часть модуля файлом',
      'The client part of a module as a file',
    ),
  ],
});

export const serviceService = service({
  name: 'ServiceService',
  package: 'ru.bitel.bgbilling.kernel.module',
  namespace: 'http://service.common.module.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(1, 'serviceGet(serivceId | serviceId: int): service', 'Услуга по номеру', 'A service by its number'),
    reads(1, 'serviceList(moduleId: int): service[]', 'Услуги экземпляра модуля', 'Services of a module instance'),
    changes(1, 'serviceUpdate(service?: service): int', 'Создаёт или меняет услугу', 'Makes or changes a service'),
    changes(1, 'serviceDelete(id: int)', 'Удаляет услугу, которую никто не использует', 'Removes a service that nobody has'),
  ],
});

export const moduleConfigService = service({
  name: 'ModuleConfigService',
  package: 'ru.bitel.bgbilling.kernel.module',
  namespace: 'http://service.common.module.kernel.bgbilling.bitel.ru/',
  operations: [
    changes(
      2,
      'setActive(moduleId: int, id: int)',
      'Делает настройку модуля действующей',
      'Makes a configuration of a module the active one',
    ),
    reads(2, 'getActive(moduleId: int): int', 'Номер действующей настройки модуля', "The number of a module's active configuration"),
    reads(2, 'get(moduleId: int, id: int): moduleConfig', 'Настройка модуля по номеру', 'A configuration of a module by its number'),
    changes(2, 'update(config?: moduleConfig)', 'Создаёт или меняет настройку модуля', 'Makes or changes a configuration of a module'),
    changes(2, 'delete(id: int)', 'Удаляет настройку модуля', 'Removes a configuration of a module'),
    reads(2, 'list(moduleId: int): moduleConfig[]', 'Настройки модуля', 'Configurations of a module'),
  ],
});

export const configService = service({
  name: 'ConfigService',
  package: 'ru.bitel.bgbilling.kernel.config',
  namespace: 'http://service.common.config.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(2, 'getModuleConfig(arg0 (moduleId): int): configData', 'Действующая настройка модуля', 'The active configuration of a module'),
    reads(2, 'getModuleConfigList(arg0 (moduleId): int): configData[]', 'Настройки модуля', 'Configurations of a module'),
    changes(
      2,
      'setActiveModuleConfig(arg0 (moduleId): int, arg1 (configId): int)',
      'Делает настройку модуля действующей',
      'Makes a configuration of a module the active one',
    ),
    changes(
      2,
      'deleteModuleConfig(arg0 (moduleId): int, arg1 (configId): int)',
      'Удаляет настройку модуля',
      'Removes a configuration of a module',
    ),
    changes(
      2,
      'updateModuleConfig(arg0 (moduleId): int, arg1? (config): configData)',
      'Создаёт или меняет настройку модуля',
      'Makes or changes a configuration of a module',
    ),
  ],
});
