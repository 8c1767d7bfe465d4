import { actionsOf, does, shows } from '../action-notation.ts';
import type { Action } from '../descriptor.ts';

/** Directories, operators and the server itself (catalogue 2.5). */
export const ADMINISTRATION_ACTIONS: readonly Action[] = [
  ...actionsOf(
    'admin',
    shows(1, 'GetClosedDate()', 'closed(date)', 'День, по который период закрыт', 'The day up to which the period is closed'),
    does(1, 'SetClosedDate(date (closedDate), typeId?)', '', 'Закрывает период по указанный день', 'Closes the period up to a day'),
    shows(
      2,
      'ClosedDateTypeList()',
      'items',
      'Виды движений, у которых свой закрытый период',
      'Kinds of movement with a closed period of their own',
    ),
    shows(1, 'UserList()', 'users: user(id login name title descr status)', 'Все операторы', 'All operators'),
    does(
      1,
      'UserUpdate(id? (userIdOrNew), login?, name? (userName), descr?, user_pswd?)',
      '',
      'Создаёт или меняет оператора',
      'Makes or changes an operator',
    ),
    shows(
      1,
      'ListValues(pid)',
      'values: item(id title)',
      'Значения списка, из которых выбирается параметр',
      'The items that a list parameter is chosen from',
    ),
    shows(
      1,
      'ListDirectory(mode (directoryMode))',
      'items',
      'Параметры одного вида; 15: параметры-списки',
      'Parameters of one kind; 15: those chosen from lists',
    ),
    shows(1, 'GetContractGroupList()', 'items', 'Группы договоров', 'Groups of contracts'),
    shows(
      1,
      'MenuAndToolBar()',
      'serverversion, params: param(key value), plugin_list: plugin(id)',
      'Что клиенту нужно знать о сервере при входе',
      'What a client has to know of the server when it logs in',
    ),
    does(
      1,
      'DeleteAddressParameter(cid, pid)',
      '',
      'Убирает значение параметра вида «адрес»',
      'Takes the value of an address parameter away',
    ),
    does(2, 'RunScheduledTask(id (taskId))', 'message', 'Выполняет задание сейчас', 'Runs a task now'),
    shows(2, 'ShowCurrentTasks()', 'table', 'Задания, которые выполняются', 'Tasks that are running'),
    does(2, 'Command()', '', 'Отвергается всегда: сервер не выполняет команд', 'Always refused: this server runs no commands'),
  ),
  ...actionsOf(
    'admin.bgsecure',
    shows(
      1,
      'GetAllModuleActions()',
      'actions(id title): group(title): action(id mask title), service(id name operation title)',
      'Все действия и операции, на которые бывают права',
      'All actions and operations that rights can be given for',
    ),
    shows(2, 'GroupList()', 'items', 'Группы операторов', 'Groups of operators'),
    shows(2, 'GetGroup(id (userGroupId))', 'group', 'Группа операторов по номеру', 'A group of operators by its number'),
    does(
      2,
      'UpdateGroup(id? (userGroupId), title (userGroupTitle))',
      '',
      'Создаёт или меняет группу операторов',
      'Makes or changes a group of operators',
    ),
  ),
  ...actionsOf(
    'admin.licview',
    shows(
      1,
      'LicView()',
      'row(title date count)',
      'Лицензия: что разрешено, до какого дня, сколько',
      'The licence: what is allowed, until which day, how much',
    ),
  ),
  ...actionsOf(
    'installer',
    shows(1, 'GetInstalledModules()', 'modules', 'Установленные модули', 'Installed modules'),
    shows(1, 'GetInstalledPlugins()', 'plugins', 'Установленные плагины', 'Installed plugins'),
  ),
  ...actionsOf(
    'sqleditor',
    shows(
      2,
      'SQLEditor(base?, sql?)',
      '',
      'Отвергается всегда: запросы к базе не выполняются, для выборок есть представления',
      'Always refused: no SQL is run; views are there for selections',
    ),
  ),
];
