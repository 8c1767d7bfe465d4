/** The sentences in which the rules of a task, a schedule, a channel and a row say what is wrong, in Russian; the rules themselves give English ones. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // confirmation
  [/^the wait is (\S+); right would be (\d+) to (\d+)$/, 'ожидание $1; верно от $2 до $3 минут'],
  [/^the tries are (\S+); right would be (\d+) to (\d+)$/, 'попыток $1; верно от $2 до $3'],
  [/^the seconds to be heard are (\S+); right would be (\d+) to (\d+)$/, 'прослушать $1 секунд; верно от $2 до $3'],
  [/^seconds to be heard belong to a task without confirmation$/, 'сколько секунд прослушать, указывают в задании без подтверждения'],
  [/^the key is (.*); right would be one of 0 to 9, \* and #$/s, 'клавиша $1; верно от 0 до 9, * или #'],
  [/^the code is (.*); right would be 1 to 12 digits$/s, 'код $1; верно от 1 до 12 цифр'],
  [/^a key or code belongs to a confirmation by key or by code$/, 'клавишу или код указывают для подтверждения клавишей или кодом'],
  [/^a loudspeaker cannot prove that somebody listens; right would be none$/, 'громкая связь не докажет, что её слышали; верно none'],
  [
    /^receivers of mails confirm on a page of this hub, which has no address for them: set alerts\.publicUrl, or ask for none$/,
    'письма подтверждают на странице сервера, а его адрес для получателей не задан: задайте alerts.publicUrl или выберите none',
  ],
  // schedule
  [/^(\d+) dialling windows; at most (\d+)$/, 'окон $1; можно не больше $2'],
  [/^a dialling window begins at (.*); right would be a time from 00:00 to 23:59$/s, 'окно начинается в $1; верно время от 00:00 до 23:59'],
  [/^a dialling window ends at (.*); right would be a time from 00:00 to 24:00$/s, 'окно кончается в $1; верно время от 00:00 до 24:00'],
  [/^the dialling window (.*) is empty; 00:00-24:00 is the whole day$/s, 'окно $1 пустое; весь день — 00:00-24:00'],
  [/^(.*) is no time zone; right would be such as Europe\/Moscow$/s, '$1 — не часовой пояс; верно, например, Europe/Moscow'],
  [/^late is (\S+); right would be (\d+) to (\d+) minutes$/, 'late $1; верно от $2 до $3 минут'],
  [/^(.*) is no date and time; right would be such as (\S+)$/s, '$1 — не дата и время; верно, например, $2'],
  [/^a weekly start needs a day$/, 'для пуска по дням недели нужен день'],
  [
    /^the weekdays are (.*); right would be different numbers from 1 \(Monday\) to 7$/s,
    'дни недели $1; верны разные числа от 1 (понедельник) до 7',
  ],
  [/^a weekly start needs (\d+) to (\d+) times$/, 'для пуска по дням недели нужно время, от $1 до $2 значений'],
  [/^the day of the month is (\S+); right would be 1 to 31$/, 'день месяца $1; верно от 1 до 31'],
  [/^(.*) is no time; right would be 00:00 to 23:59$/s, '$1 — не время; верно от 00:00 до 23:59'],
  // settings, mask, remote start
  [/^(\d+) settings; at most (\d+)$/, 'настроек $1; можно не больше $2'],
  [/^a setting has no name$/, 'у настройки нет имени'],
  [/^a setting has a name of (\d+) characters; at most (\d+)$/, 'имя настройки — $1 знаков; можно не больше $2'],
  [/^(.*) has (\d+) characters; at most (\d+)$/s, 'в $1 знаков $2; можно не больше $3'],
  [/^(.*) stands twice$/s, '$1 указано дважды'],
  [/^(.*) is "(.*)"; right would be a whole number from (\d+) to (\d+)$/s, '$1 = «$2»; верно целое число от $3 до $4'],
  [/^a mask of channels consists of at most (\d+) characters 0 and 1$/, 'маска каналов — не больше $1 знаков 0 и 1'],
  [/^the name of a key input has 1 to 64 characters$/, 'в имени входа от 1 до 64 знаков'],
  [/^hold is (\S+); right would be 0 to (\d+) seconds$/, 'hold $1; верно от 0 до $2 секунд'],
  [/^a start PIN has 4 to 12 digits$/, 'в ПИН-коде пуска от 4 до 12 цифр'],
  [/^(\d+) callers; at most (\d+)$/, 'звонящих $1; можно не больше $2'],
  [/^"(.*)" is no caller; right would be digits, .*$/s, '«$1» — не номер звонящего; верны цифры, впереди может быть +, в конце *'],
  [/^a keyword has 6 to 32 characters and no space$/, 'в ключевом слове от 6 до 32 знаков без пробелов'],
  [/^(\d+) senders; at most (\d+)$/, 'отправителей $1; можно не больше $2'],
  [/^"(.*)" is no sender; right would be .*$/s, '«$1» — не отправитель; верен номер или имя от 1 до 32 знаков'],
  // channels and settings of the server
  [/^there is no such setting$/, 'такой настройки нет'],
  [/^there is no channel (\d+)$/, 'канала $1 нет'],
  [/^1 to (\d+) characters$/, 'от 1 до $1 знаков'],
  [/^(\d+) is not served; right would be one of (.*)$/, 'вид $1 не обслуживается; верно одно из: $2'],
  [/^\*\*\* keeps a secret, and there is none yet$/, '*** оставляет прежний секрет, а его ещё нет'],
  [/^it is no setting; right would be one of (.*)$/s, 'такой настройки нет; верно одно из: $1'],
  [/^a value is needed$/, 'нужно значение'],
  // starts
  [/^there is no licence$/, 'лицензии нет'],
  [/^the licence ended on (\S+)$/, 'лицензия кончилась $1'],
  [/^the licence does not allow e-mail$/, 'лицензия не разрешает почту'],
  [/^the licence does not allow GSM modems$/, 'лицензия не разрешает GSM-модемы'],
  [/^voice is not served yet: .*$/, 'звонки и громкая связь пока не обслуживаются'],
  [/^(\d+) GSM modems, but (\d+)$/, 'модемов $1, можно $2'],
  [/^dynamic speech$/, 'динамический синтез речи'],
  [/^speech$/, 'речь'],
  [/^it is switched off, or no hub runs it$/, 'он отключён, или сервер не запущен'],
  [/^its type, list and message stay until the end of the run$/, 'вид, список и сообщение не меняются до конца запуска'],
  [/^stop it first$/, 'сначала остановите его'],
  // people, placeholders, sounds
  [/^12-34, up to 20 digits, \* and #$/, '12-34, до 20 цифр, * и #'],
  [/^the name of a loudspeaker zone$/, 'имя зоны громкой связи'],
  [/^such as (\+\d+)$/, 'например, $1'],
  [/^a day such as (\S+), or an instant with its offset$/, 'день, например $1, или момент со смещением'],
  [/^an end behind the begin$/, 'конец позже начала'],
  [
    /^character (\d+): a brace is opened and not closed; write \{\{ for a brace itself$/,
    'знак $1: скобка не закрыта; сама скобка пишется {{',
  ],
  [/^character (\d+): (.*) is not known; right would be one of (.*)$/s, 'знак $1: $2 неизвестна; верно одно из: $3'],
  [/^it does not begin as a RIFF WAVE file$/, 'это не файл RIFF WAVE'],
  [/^its head says (\d+) bytes, and there are (\d+)$/, 'в заголовке $1 байт, в файле $2'],
  [/^the chunk at byte (\d+) is cut off$/, 'блок с байта $1 обрезан'],
  [/^its chunk "(.*)" says (\d+) bytes, and (-?\d+) follow$/s, 'в блоке «$1» объявлено $2 байт, есть $3'],
  [/^it has (\d+) bytes; at most (\d+) are taken$/, 'в нём $1 байт; принимается не больше $2'],
  [/^it has no whole chunk "fmt "$/, 'в нём нет целого блока «fmt »'],
  [/^it has no chunk "data"$/, 'в нём нет блока «data»'],
  [/^it has a chunk "fmt " or "data" twice$/, 'блок «fmt » или «data» в нём дважды'],
  [/^its chunk "fmt " is too short for its coding$/, 'блок «fmt » короток для своей кодировки'],
  [/^its coding (.*) is not known; right would be PCM, A-law or mu-law$/s, 'кодировка $1 неизвестна; верно PCM, A-law или mu-law'],
  [/^it has (\d+) bits a sample; right would be (.*)$/, 'в отсчёте $1 бит; верно $2'],
  [/^it has (\d+) channels; right would be 1 or 2$/, 'каналов $1; верно 1 или 2'],
  [/^it has (\d+) samples a second; right would be 8000 to 48000$/, 'отсчётов в секунду $1; верно от 8000 до 48000'],
  [/^it says (\d+) bytes a sample of all channels; (\S+) would be right$/, 'байт на отсчёт всех каналов $1; верно $2'],
  [/^it has no sound$/, 'звука в нём нет'],
  [/^it lasts (\d+) s; at most (\d+) are taken$/, 'он длится $1 с; принимается не больше $2'],
  // rows of a table
  [/^city, mobile, internal, zone, sip or off behind \|$/, 'после |: городской, мобильный, внутренний, зона, sip или выкл'],
  [/^off behind \|$/, 'после |: выкл'],
  [/^a whole number from (\d+) to (\d+)$/, 'целое число от $1 до $2'],
  [/^no more than (\d+) cells, as the titles say$/, 'не больше ячеек, чем заголовков: $1'],
  [/^the name of a group, which a new person needs$/, 'имя группы: новому абоненту она нужна'],
];

/** What is wrong, or what would be right, in Russian; a sentence that is not known here stays English: better than none. */
export function russianFault(sentence: string): string {
  for (const [pattern, russian] of PATTERNS) if (pattern.test(sentence)) return sentence.replace(pattern, russian);
  return sentence;
}

/** What would be right in a column of a table of people, where the form of its value is wrong. */
const COLUMN_RIGHTS: Readonly<Record<string, string>> = {
  name: 'от 1 до 255 знаков',
  external_id: 'от 1 до 128 знаков',
  exclusion_begin: 'день, 01.07.2026 или 2026-07-01, или момент со смещением; начало раньше конца',
  exclusion_end: 'день, 01.07.2026 или 2026-07-01, или момент со смещением; конец позже начала',
  pin: 'не больше 32 знаков',
  phones: 'не больше 20 телефонов',
  emails: 'не больше 20 адресов',
  priority: 'целое число от 0 до 9999',
};

/** @param column by its English name @param title as Russian tables have it @example wrongColumn('pin', 'ПИН') // 'неверное значение в столбце «ПИН»; верно: не больше 32 знаков' */
export function wrongColumn(column: string, title: string): string {
  const right = COLUMN_RIGHTS[column];
  return `неверное значение в столбце «${title}»${right === undefined ? '' : `; верно: ${right}`}`;
}
