import { changes, reads, service } from '../operation-notation.ts';

// Tasks by the clock, and code, of which this server runs none (catalogue 4.5).

export const schedulerService = service({
  name: 'SchedulerService',
  package: 'ru.bitel.bgbilling.kernel.task',
  namespace: 'http://common.task.kernel.bgbilling.bitel.ru/',
  carries: ['schedulerTaskLog'],
  operations: [
    reads(
      1,
      'getAvailableSchedulerTasks(moduleId?: string): pair[]',
      'Задания, которые сервер выполняет по расписанию',
      'Tasks that the server runs by the clock',
    ),
    reads(2, 'getSchedulerTasks(moduleId?: string): lightweightTaskData[]', 'Настроенные задания модуля', 'Configured tasks of a module'),
    reads(2, 'getModuleAndPluginList(): pair[]', 'Модули и плагины, у которых есть задания', 'Modules and plugins that have tasks'),
    reads(
      2,
      'getAvailableDependTasks(moduleId?: string, parentModule?: string): pair[]',
      'Задания, после которых может выполняться другое',
      'Tasks that another may follow',
    ),
    reads(2, 'getActiveTaskCount(): int', 'Сколько заданий выполняется', 'How many tasks are running'),
    changes(2, 'updateTask(task?: lightweightTaskData)', 'Создаёт или меняет задание', 'Makes or changes a task'),
    changes(2, 'deleteTask(taskId: int)', 'Удаляет задание', 'Removes a task'),
    changes(2, 'immediateRun(task?: lightweightTaskData)', 'Выполняет задание сейчас', 'Runs a task now'),
    reads(2, 'getRunningTaskList(): runningTask[]', 'Задания, которые выполняются', 'Tasks that are running'),
    reads(2, 'getPeriodicTaskList(): periodicTask[]', 'Периодические задания', 'Periodic tasks'),
    changes(2, 'deleteCurrentRunTask(taskId: int)', 'Останавливает задание, которое выполняется', 'Stops a task that is running'),
    reads(
      2,
      'getTaskLog(arg0 (taskId): int, arg1? (period): period, arg2? (page): page): searchResult',
      'Журнал выполнения задания',
      "The log of a task's runs",
    ),
  ],
});

export const dynamicCodeService = service({
  name: 'DynamicCodeService',
  package: 'ru.bitel.bgbilling.kernel.dynamic',
  namespace: 'http://common.dynamic.kernel.bgbilling.bitel.ru/',
  operations: [
    reads(1, 'getDynamicClasses(): dynamicClass[]', 'Динамические классы: всегда пустой список', 'Dynamic classes: always an empty list'),
    changes(
      2,
      'updateSource(className?: string, data?: base64Binary): data: base64Binary',
      'Отвергается: сервер не исполняет и не показывает кода',
      'Refused: this server neither runs nor shows code',
    ),
    changes(
      2,
      'recompileAll(): compilationResult',
      'Отвергается: сервер не исполняет и не показывает кода',
      'Refused: this server neither runs nor shows code',
    ),
    reads(
      2,
      'getSource(className?: string): string; data: base64Binary',
      'Отвергается: сервер не исполняет и не показывает кода',
      'Refused: this server neither runs nor shows code',
    ),
    reads(
      2,
      'getClassNamesByInterface(arg0? (interfaceName): string): string[]',
      'Имена динамических классов с указанным интерфейсом',
      'Names of dynamic classes with an interface',
    ),
    reads(
      2,
      'getDynamicClassesByInterface(arg0? (interfaceName): string): dynamicClass[]',
      'Динамические классы с указанным интерфейсом',
      'Dynamic classes with an interface',
    ),
    changes(
      2,
      'generateCode(arg0? (generatorOptions): generatorOptions): string',
      'Отвергается: сервер не исполняет и не показывает кода',
      'Refused: this server neither runs nor shows code',
    ),
    reads(2, 'isClassExists(arg0? (className): string): boolean', 'Есть ли динамический класс', 'Whether a dynamic class is there'),
    changes(
      2,
      'run(arg0? (className): string, arg1? (arguments): string[]): runMessage[]',
      'Отвергается: сервер не исполняет и не показывает кода',
      'Refused: this server neither runs nor shows code',
    ),
    changes(
      2,
      'compile(arg0? (className): string): compilationResult',
      'Отвергается: сервер не исполняет и не показывает кода',
      'Refused: this server neither runs nor shows code',
    ),
  ],
});
