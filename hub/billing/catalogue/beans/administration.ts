import { beans } from '../bean-notation.ts';

/** Modules, services, operators, tasks, code, licence, news (catalogue 5 and 5.1). */
export const ADMINISTRATION_BEANS = beans(
  'administration',
  `
  bgModule: idTitle { baseModule: bgInstalledModule, configId: int, ID: int, installedModule: bgInstalledModule, name: string }
  bgInstalledModule: idTitle {
      build: string, enabled: boolean, name: string, packageClient: string, packageServer: string, type: string, version: string,
      +clientExtensionMap: any, +serverExtensionMap: any
  }
  service: idTitle { @moduleId: int!, @unit: int!, @using: boolean! }
  moduleConfig: idTitle { active: boolean, config: string, moduleId: int, updatedTime: dateTime, userId: int }
  configData: idTitle { active: boolean, config: string, lastEdited: dateTime, moduleId: int, userId: int, userName: string }
  user: idTitle {
      @contractCid: int!, @contractGroups: long!, @contractGroupsMode: int!, @contractPid: int!, @contractTitle: string,
      @date: dateTime, @domainIds: int list, @email: string, @password: string, @ruleAccessContractParameter: int list,
      @ruleAccessObjectParameter: int list, @status: int!, @userGroups: int list, actionList: bgsAction[], config: string,
      description: string, login: string, name: string,
      +statusString: string, +personalAction: any, +configSetup: any, +showActionsPermitErrors: boolean
  }
  bgsAction { mid: string, actionID: int }
  userInfo: id { @name: string }
  pluginItem { config: string, enabled: boolean, id: int, name: string, title: string }
  schedulerTaskLog: id { finishTime: long, startTime: long, taskId: int, taskTitle: string }
  lightweightTaskData: idTitle {
      className: string, comment: string, day: int, dayOfWeek: int, dependModuleId: string, dependModuleName: string,
      dependTaskClass: string, dependTaskParams: string, dependTaskTitle: string, hour: int, min: long, moduleId: string,
      moduleName: string, month: int, params: string, period: period, priority: int, status: int
  }
  periodicTask: id { amount: int, description: string }
  runningTask: id { description: string, executed: boolean, startTime: dateTime }
  runMessage { message: string, messageType: runMessageType }
  dynamicClass { @className: string, @lastModified: long!, @needsRecompile: boolean!, deprecated: boolean, description: string }
  compilationResult { errors: compilationMessage[], warnings: compilationMessage[] }
  compilationMessage { column: long, line: long, message: string, source: string }
  generatorOptions {
      defaultImports: string[], derivingInterfaceNames: string[], fullClassName: string, interfaceNames: string[],
      rawResourceData: string, superclassName: string
  }
  enum runMessageType { OUT / ERR / INFO }
  news: idTitle { @body: string, @date: dateTime, @groups: long!, @text: string }
  licenseItem { count: string, date: string, title: string }
`,
);
