import { type ErrorCode, HubError } from '../core/errors.ts';
import { russianFault } from './fault-words.ts';

/** Why a use case of the alerts refuses, and how that is told. */
interface RefusalEntry {
  readonly code: ErrorCode;
  /** @param about what it is about: an id, a name, a value. @param right what would be right, or more about it; '' without */
  readonly en: (about: string, right: string) => string;
  readonly ru: (about: string, right: string) => string;
}

const entry = (code: ErrorCode, en: RefusalEntry['en'], ru: RefusalEntry['ru']): RefusalEntry => ({ code, en, ru });

/**
 * Every reason of a refusal by a use case of the directory, the messages, the files and the tasks. A face tells them apart by `HubError.reason`: REST shows it, the line
 * protocol maps command and reason to one of its codes. What breaks the form of an input (a name of 300 characters, a priority of 10000) is
 * VALIDATION without a reason, with the place in `details`.
 */
export const REFUSALS = {
  unknown_group: entry(
    'NOT_FOUND',
    (id) => `there is no group ${id}`,
    (id) => `группы ${id} нет`,
  ),
  unknown_person: entry(
    'NOT_FOUND',
    (id) => `there is no person ${id}`,
    (id) => `абонента ${id} нет`,
  ),
  unknown_list: entry(
    'NOT_FOUND',
    (id) => `there is no list ${id}`,
    (id) => `списка рассылки ${id} нет`,
  ),
  unknown_message: entry(
    'NOT_FOUND',
    (id) => `there is no message ${id}`,
    (id) => `сообщения ${id} нет`,
  ),
  unknown_file: entry(
    'NOT_FOUND',
    (name) => `there is no file ${name}`,
    (name) => `файла ${name} нет`,
  ),
  unknown_task: entry(
    'NOT_FOUND',
    (id) => `there is no task ${id}`,
    (id) => `задания ${id} нет`,
  ),
  name_taken: entry(
    'CONFLICT',
    (name) => `the name ${name} is taken; upper and lower case count as equal`,
    (name) => `имя «${name}» уже занято (регистр букв не важен)`,
  ),
  external_id_taken: entry(
    'CONFLICT',
    (id) => `another person has the external id ${id}`,
    (id) => `внешний номер ${id} уже есть у другого абонента`,
  ),
  group_not_empty: entry(
    'CONFLICT',
    (id) => `group ${id} has people in it; move or delete them first`,
    (id) => `в группе ${id} есть абоненты; сначала переместите или удалите их`,
  ),
  list_in_use: entry(
    'CONFLICT',
    (id, task) => `list ${id} is used by task ${task}`,
    (id, task) => `список рассылки ${id} используется в задании ${task}`,
  ),
  message_in_use: entry(
    'CONFLICT',
    (id, task) => `message ${id} is used by task ${task}`,
    (id, task) => `сообщение ${id} используется в задании ${task}`,
  ),
  file_in_use: entry(
    'CONFLICT',
    (name, message) => `file ${name} is used by message ${message}`,
    (name, message) => `файл ${name} используется в сообщении ${message}`,
  ),
  under_call: entry(
    'CONFLICT',
    (id) => `person ${id} is being called; wait for the end of the call, or stop the task`,
    (id) => `абоненту ${id} сейчас звонят; дождитесь конца звонка или остановите задание`,
  ),
  bad_phone: entry(
    'VALIDATION',
    (phone, right) => `${phone} is no phone of this kind; right would be ${right}`,
    (phone, right) => `«${phone}» не является телефоном указанного вида; верно: ${russianFault(right)}`,
  ),
  bad_email: entry(
    'VALIDATION',
    (email) => `${email} is no e-mail address; right would be such as ivanov@example.org`,
    (email) => `«${email}» не является адресом электронной почты; верно, например: ivanov@example.org`,
  ),
  bad_exclusion: entry(
    'VALIDATION',
    (value, right) => `the exclusion ${value} is wrong; right would be ${right}`,
    (value, right) => `период исключения задан неверно: ${value}; верно: ${russianFault(right)}`,
  ),
  empty_text: entry(
    'VALIDATION',
    () => 'a message of this type needs a text',
    () => 'сообщению этого типа нужен текст',
  ),
  bad_placeholder: entry(
    'VALIDATION',
    (value, right) => `${value}: ${right}`,
    (value, right) => `неверная подстановка: ${value} (${russianFault(right)})`,
  ),
  no_file: entry(
    'VALIDATION',
    () => 'a message of recorded sound needs a file',
    () => 'сообщению с записанным звуком нужен файл',
  ),
  no_speech: entry(
    'CONFLICT',
    () => 'no speech engine is set up: give the file with the spoken text, or use another type of message',
    () => 'синтез речи не установлен: укажите файл с готовой речью или выберите другой тип сообщения',
  ),
  no_licence: entry(
    'CONFLICT',
    (what) => `the licence does not allow ${what}`,
    (what) => `лицензия не разрешает: ${russianFault(what)}`,
  ),
  bad_file_name: entry(
    'VALIDATION',
    (name) => `${name} is no name of a file: 1 to 128 letters, digits, spaces and . _ - ( ), not beginning with a dot`,
    (name) => `недопустимое имя файла: ${name}`,
  ),
  bad_sound: entry(
    'VALIDATION',
    (name, why) => `${name} is no sound that is taken here: ${why}`,
    (name, why) => `«${name}» не является звуковым файлом поддерживаемого вида: ${russianFault(why)}`,
  ),
  type_mismatch: entry(
    'CONFLICT',
    (task, message) => `a task of type ${task} cannot tell a message of type ${message}`,
    (task, message) => `задание вида ${task} не может передать сообщение вида ${message}`,
  ),
  bad_value: entry(
    'VALIDATION',
    (field, why) => `${field}: ${why}`,
    (field, why) => `неверное значение ${field}: ${russianFault(why)}`,
  ),
  pin_taken: entry(
    'CONFLICT',
    () => 'another task has this start PIN',
    () => 'такой PIN запуска уже есть у другого задания',
  ),
  keyword_taken: entry(
    'CONFLICT',
    (keyword) => `another task has the keyword ${keyword}`,
    (keyword) => `ключевое слово ${keyword} уже есть у другого задания`,
  ),
  task_running: entry(
    'CONFLICT',
    (id, what) => `task ${id} is running; ${what}`,
    (id, what) => `задание ${id} выполняется; ${russianFault(what)}`,
  ),
  unknown_run: entry(
    'NOT_FOUND',
    (id) => `there is no run ${id}`,
    (id) => `запуска ${id} нет`,
  ),
  never_run: entry(
    'CONFLICT',
    (id) => `task ${id} has not been started yet`,
    (id) => `задание ${id} ещё не запускалось`,
  ),
  unknown_rule: entry(
    'NOT_FOUND',
    (id) => `there is no rule ${id}`,
    (id) => `правила ${id} нет`,
  ),
  unknown_channel: entry(
    'NOT_FOUND',
    (number) => `there is no channel ${number}`,
    (number) => `канала ${number} нет`,
  ),
  unknown_channel_group: entry(
    'NOT_FOUND',
    (id) => `there is no channel group ${id}`,
    (id) => `группы каналов ${id} нет`,
  ),
  channel_group_enabled: entry(
    'CONFLICT',
    (id) => `channel group ${id} is enabled; disable it first and let what is under way come to its end`,
    (id) => `группа каналов ${id} включена; сначала отключите её и дождитесь конца начатого`,
  ),
  channel_group_busy: entry(
    'CONFLICT',
    (id) => `attempts of channel group ${id} are under way; wait for their end`,
    (id) => `каналы группы ${id} ещё заняты; дождитесь конца начатого`,
  ),
  channel_not_working: entry(
    'CONFLICT',
    (name, why) => `no channel of ${name} works: ${why}`,
    (name, why) => `в группе «${name}» нет работающего канала: ${russianFault(why)}`,
  ),
  start_not_licensed: entry(
    'CONFLICT',
    (task, what) => `task ${task} cannot be started: ${what}`,
    (task, what) => `задание ${task} нельзя запустить: ${russianFault(what)}`,
  ),
  no_channel: entry(
    'CONFLICT',
    (task, what) => `task ${task} cannot be started: ${what}`,
    (task) => `задание ${task} нельзя запустить: нет работающего канала, разрешённого заданию; что с каналами, говорит их список`,
  ),
  start_not_confirmed: entry(
    'FORBIDDEN',
    (task, right) => `task ${task} cannot be started: ${right}`,
    (task) =>
      `задание ${task} нельзя запустить: подтвердите пуск своим паролем (CHECKPASSW на линии, POST /api/v1/alerts/start-proofs или --operator в командной строке), подтверждение действует 5 минут`,
  ),
  wrong_password: entry(
    'FORBIDDEN',
    () => 'the password is wrong',
    () => 'неверный пароль',
  ),
  unknown_column: entry(
    'BAD_REQUEST',
    (title, right) => `the table has a column ${title}, which is not known; right would be ${right}`,
    (title, known) => `неизвестный столбец таблицы: ${title}; известные, так же и по-русски: ${known}`,
  ),
  column_twice: entry(
    'BAD_REQUEST',
    (title) => `the table has the column ${title} twice`,
    (title) => `столбец ${title} стоит в таблице дважды`,
  ),
  missing_column: entry(
    'BAD_REQUEST',
    () => 'the table needs the column name, or external_id',
    () => 'таблице нужен столбец «Имя» или «Внешний номер»',
  ),
  bad_cell: entry(
    'VALIDATION',
    (value, right) => `${value}: right would be ${right}`,
    (value, right) => `не удалось прочитать «${value}»; верно: ${russianFault(right)}`,
  ),
  ambiguous_person: entry(
    'CONFLICT',
    (name) => `several people of the group have the name ${name}; give the external id`,
    (name) => `в группе несколько абонентов с именем ${name}; укажите внешний номер`,
  ),
  row_twice: entry(
    'CONFLICT',
    (line) => `line ${line} is about the same person`,
    (line) => `о том же абоненте говорит строка ${line}`,
  ),
} as const satisfies Record<string, RefusalEntry>;

export type RefusalReason = keyof typeof REFUSALS;

/** Characters of a value that a message repeats. */
const SHOWN = 100;

/**
 * The error of a refusal.
 * @param path JSON Pointer to what is wrong in the input; undefined when it is no field
 * @example throw refusal('unknown_group', 7)
 */
export function refusal(reason: RefusalReason, about: string | number = '', right = '', path?: string): HubError {
  const { code, en, ru }: RefusalEntry = REFUSALS[reason];
  const shown = String(about).slice(0, SHOWN);
  const message = en(shown, right);
  return new HubError(code, message, {
    reason,
    russian: ru(shown, right),
    ...(path !== undefined && { details: [{ code: reason, path, message }] }),
  });
}

const UNIQUE = '23505';
const FOREIGN = '23503';

/**
 * What the database refused because somebody else was faster, as the refusal it would have been a moment later; anything else as it came.
 * @param by the refusal for each constraint that may stop this change
 */
export async function refusedBy<T>(by: Readonly<Record<string, () => HubError>>, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { code, constraint } = error as { code?: unknown; constraint?: unknown };
    const known = (code === UNIQUE || code === FOREIGN) && typeof constraint === 'string' ? by[constraint] : undefined;
    throw known ? known() : error;
  }
}

/** The largest id that there can be. */
export const HIGHEST_ID = 2_147_483_647;

/** Whether a number can be an id at all: the database must not be asked for others. */
export const isId = (id: number): boolean => Number.isInteger(id) && id >= 1 && id <= HIGHEST_ID;
