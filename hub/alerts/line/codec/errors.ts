/**
 * The errors of the line protocol: every line of Appendix B of the source document, in its order and with its exact words (specification of
 * alerts, 3.11). The words travel in windows-1251 and are never changed, slips included: clients may compare them.
 */
const APPENDIX_B = [
  ['ERR_BADARGUMENT_COUNT', 'синтаксическая ошибка: неправильное количество аргументов.'],
  ['ERR_BADLOGIN', 'указанная учетная запись не существует либо неверный пароль.'],
  ['ERR_NOACCESS', 'У вас нет прав для данной операции.'],
  ['ERR_USERALREADY', 'пользователь с таким логином уже существует.'],
  ['ERR_CHECKPASSW', 'неверный логин/пароль.'],
  ['ERR_USERADD', 'не удалось создать пользователя.'],
  ['ERR_USERCHG', 'не удалось изменить данные пользователя.'],
  ['ERR_USERDEL', 'не удалось удалить пользователя.'],
  ['ERR_NOLOGFILE', 'нет файла на указанную дату.'],
  ['ERR_BADSYNTAX', 'неправильный синтаксис команды.'],
  ['ERR_DELABONENTS', 'не удалось удалить указанного абонента.'],
  ['ERR_ADDGROUP', 'не удалось создать группу.'],
  ['ERR_DELGROUP', 'не удалось удалить группу.'],
  ['ERR_UPDATEGROUP', 'не удалось обновить группу.'],
  ['ERR_GROUPADDABONENTS', 'не удалось добавить абонентов в группу'],
  ['ERR_ADDLIST', 'не удалось создать список рассылки.'],
  ['ERR_UPDATELIST', 'не удалось обновить список рассылки.'],
  ['ERR_LISTADDABONENTS', 'не удалось добавить абонентов в список'],
  ['ERR_LISTADDGROUPS', 'не удалось добавить группы в список'],
  ['ERR_LISTADDABONENTS', 'не удалось удалить абонентов из список'],
  ['ERR_LISTADDGROUPS', 'не удалось удалить группы из список'],
  ['ERR_DELLIST', 'не удалось удалить список рассылки.'],
  ['ERR_LISTCLEAR', 'не удалось очистить список рассылки.'],
  ['ERR_ADDMESSAGE', 'не удалось создать сообщение.'],
  ['ERR_UPDATEMESSAGE', 'не удалось обновить сообщение.'],
  ['ERR_DELMESSAGE', 'не удалось удалить сообщение.'],
  ['ERR_NOFILE', 'нет файла.'],
  ['ERR_ADDTASK', 'не удалось создать задание.'],
  ['ERR_UPDATETASK', 'не удалось обновить задание.'],
  ['ERR_ADDTASK', 'не удалось удалить задание.'],
  ['ERR_GETTASK', 'Задание не найдено.'],
  ['ERR_GETTTS', 'Синтез не установлен либо не содержит подходящих голосов.'],
  ['ERR_GETABONENT', 'Абонент не найден.'],
  ['ERR_MESSAGEUSE', 'Сообщение используется в задании.'],
  ['ERR_LISTUSE', 'Список рассылки используется в задании.'],
  ['ERR_GETREPORT', 'Невозможно создать отчет о заданий, неверный идентификатор задания.'],
  ['ERR_TASKNOTRUNNING', 'Невозможно создать отчет о задании, задание еще не выполнялось.'],
  ['ERR_NOHASPFORSTART', 'Невозможно запустить задание т.к. отсутствует HASP-ключ, либо в ключе запрещен данный вид оповещения.'],
  ['ERR_NOGSM', 'Невозможно запустить задание т.к. не найдено работающего GSM-модема.'],
  ['ERR_NOHASP', 'На сервере отсутствует HASP-ключ.'],
] as const;

/** The 37 codes. */
export type LineErrorCode = (typeof APPENDIX_B)[number][0];

/** What stands behind a code: its words, and those of the second line of the three codes that serve deletions, too. */
export interface LineError {
  /** Lines of Appendix B, from 1. */
  readonly lines: readonly number[];
  readonly text: string;
  readonly deletion: string | undefined;
}

/** All errors by code, in the order of their first lines. */
export const ERRORS: Readonly<Record<LineErrorCode, LineError>> = gather();

function gather(): Record<LineErrorCode, LineError> {
  const errors: Partial<Record<LineErrorCode, LineError>> = {};
  APPENDIX_B.forEach(([code, text], index) => {
    const first = errors[code];
    errors[code] = first
      ? { ...first, lines: [...first.lines, index + 1], deletion: text }
      : { lines: [index + 1], text, deletion: undefined };
  });
  return errors as Record<LineErrorCode, LineError>;
}
