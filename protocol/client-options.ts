/**
 * The keys of Stat_Client.conf (spec online-ticket 7.2): names, defaults and explanations in both languages, in one table. The client
 * parses by it and prints its help from it; the hub renders from it the example file that goes into the bundle of a new client.
 * Pure text, no I/O.
 */

export type ClientOptionKey =
  | 'Connect'
  | 'Ca_cert'
  | 'Client_cert'
  | 'Storage'
  | 'Logger'
  | 'Proxy'
  | 'Wait'
  | 'Batch'
  | 'File_name'
  | 'Encoding'
  | 'On_message'
  | 'Log_level'
  | 'Log_size'
  | 'Log_files'
  | 'Language'
  | 'Min_free'
  | 'Renew_days';

/** What a value must be; the client reads each form with one reader. `raw` values keep their quotes. */
export type ClientOptionForm =
  | { kind: 'addresses' }
  | { kind: 'path' }
  | { kind: 'proxy' }
  | { kind: 'number'; least: number; most: number }
  | { kind: 'choice'; values: readonly string[] }
  | { kind: 'pattern' }
  | { kind: 'command' };

export type ClientOption = {
  key: ClientOptionKey;
  form: ClientOptionForm;
  /** Text of the default as it would stand in the file; undefined for the five keys that must be given and for what the system decides. */
  preset: string | undefined;
  required: boolean;
  /** A value worth showing in an example file. */
  example: string;
  en: string;
  ru: string;
};

/** Port of the feed where `Connect` names none. */
export const FEED_PORT = 8443;

/** Every key, required ones first, in the order of the example file and the help. */
export const CLIENT_OPTIONS: readonly ClientOption[] = [
  {
    key: 'Connect',
    form: { kind: 'addresses' },
    preset: undefined,
    required: true,
    example: 'hub.example.org:8443',
    en: `server access string: host[:port] or https://host[:port], port ${FEED_PORT} by default; several, separated by commas, are tried in turn`,
    ru: `строка доступа к серверу: узел[:порт] или https://узел[:порт], порт по умолчанию ${FEED_PORT}; несколько адресов через запятую пробуются по очереди`,
  },
  {
    key: 'Ca_cert',
    form: { kind: 'path' },
    preset: undefined,
    required: true,
    example: 'ca.crt',
    en: 'path of the root certificate of the certification authority, ca.crt',
    ru: 'путь к корневому сертификату авторизационного центра, ca.crt',
  },
  {
    key: 'Client_cert',
    form: { kind: 'path' },
    preset: undefined,
    required: true,
    example: 'agency-17.pem',
    en: 'path of the personal certificate with its key, <name>.pem; nobody but its user may be able to read it',
    ru: 'путь к персональному сертификату с ключом, <имя>.pem; файл не должен быть доступен никому, кроме пользователя-владельца',
  },
  {
    key: 'Storage',
    form: { kind: 'path' },
    preset: undefined,
    required: true,
    example: 'xml',
    en: 'folder that receives the XML files; it must exist',
    ru: 'папка хранилища, в которую сохраняются файлы XML; она должна существовать',
  },
  {
    key: 'Logger',
    form: { kind: 'path' },
    preset: undefined,
    required: true,
    example: 'Client.out',
    en: 'path of the log file',
    ru: 'путь к файлу системного журнала',
  },
  {
    key: 'Proxy',
    form: { kind: 'proxy' },
    preset: 'none',
    required: false,
    example: 'http://user:password@proxy.example.org:3128',
    en: 'HTTP proxy that allows CONNECT: http://[user:password@]host:port, or none; environment variables are not read',
    ru: 'прокси-сервер HTTP, разрешающий CONNECT: http://[имя:пароль@]узел:порт, или none; переменные окружения не читаются',
  },
  {
    key: 'Wait',
    form: { kind: 'number', least: 1, most: 55 },
    preset: '25',
    required: false,
    example: '25',
    en: 'seconds for which the server holds an unanswered request open, 1 to 55',
    ru: 'сколько секунд сервер держит запрос открытым, пока сообщений нет, от 1 до 55',
  },
  {
    key: 'Batch',
    form: { kind: 'number', least: 1, most: 1000 },
    preset: '100',
    required: false,
    example: '100',
    en: 'messages taken with one request, 1 to 1000',
    ru: 'сколько сообщений принимается одним запросом, от 1 до 1000',
  },
  {
    key: 'File_name',
    form: { kind: 'pattern' },
    preset: undefined,
    required: false,
    example: '{number}-{seq}.xml',
    en: 'pattern of file names; parts: {date} {time} {seq} {type} {op} {trans} {number} {pnr} {client} {id} {replay}; must contain {seq} or {id} and end in .xml; without it the server names the files',
    ru: 'шаблон имён файлов; части: {date} {time} {seq} {type} {op} {trans} {number} {pnr} {client} {id} {replay}; должен содержать {seq} или {id} и заканчиваться на .xml; без него имена даёт сервер',
  },
  {
    key: 'Encoding',
    form: { kind: 'choice', values: ['UTF-8', 'windows-1251'] },
    preset: 'UTF-8',
    required: false,
    example: 'windows-1251',
    en: 'encoding of the stored files: UTF-8 or windows-1251',
    ru: 'кодировка сохраняемых файлов: UTF-8 или windows-1251',
  },
  {
    key: 'On_message',
    form: { kind: 'command' },
    preset: 'none',
    required: false,
    example: '"/opt/accounting/import" {file}',
    en: 'program run after each stored file, without a shell, 60 s at most; {file} is the path of the file, the variables OT_FILE, OT_ID, OT_NUMBER and OT_TYPE are set; or none',
    ru: 'программа, запускаемая после каждого файла, без командной оболочки, не дольше 60 с; {file} заменяется путём файла, заданы переменные OT_FILE, OT_ID, OT_NUMBER и OT_TYPE; или none',
  },
  {
    key: 'Log_level',
    form: { kind: 'choice', values: ['error', 'warn', 'info', 'debug'] },
    preset: 'info',
    required: false,
    example: 'info',
    en: 'least important lines that are logged: error, warn, info or debug',
    ru: 'подробность журнала: error, warn, info или debug',
  },
  {
    key: 'Log_size',
    form: { kind: 'number', least: 1, most: 1024 },
    preset: '10',
    required: false,
    example: '10',
    en: 'size in MiB at which a new log file is begun, 1 to 1024',
    ru: 'размер файла журнала в МиБ, после которого начинается новый, от 1 до 1024',
  },
  {
    key: 'Log_files',
    form: { kind: 'number', least: 1, most: 100 },
    preset: '5',
    required: false,
    example: '5',
    en: 'how many earlier log files are kept, 1 to 100',
    ru: 'сколько прежних файлов журнала хранится, от 1 до 100',
  },
  {
    key: 'Language',
    form: { kind: 'choice', values: ['ru', 'en'] },
    preset: undefined,
    required: false,
    example: 'ru',
    en: 'language of messages: ru or en; by default the language of the system',
    ru: 'язык сообщений: ru или en; по умолчанию язык системы',
  },
  {
    key: 'Min_free',
    form: { kind: 'number', least: 0, most: 1_048_576 },
    preset: '50',
    required: false,
    example: '50',
    en: 'MiB that must stay free where Storage is; below it delivery pauses',
    ru: 'сколько МиБ должно оставаться свободными на диске хранилища; если меньше, приём приостанавливается',
  },
  {
    key: 'Renew_days',
    form: { kind: 'number', least: 0, most: 0 },
    preset: '0',
    required: false,
    example: '0',
    en: 'days before expiry at which the certificate renews itself; only 0 (never) can be chosen as yet',
    ru: 'за сколько дней до окончания срока сертификат обновляется сам; пока возможно только 0 (никогда)',
  },
];

/** Values of the five keys that every configuration needs. */
export type RequiredValues = { connect: string; caCert: string; clientCert: string; storage: string; logger: string };

/**
 * The text of a Stat_Client.conf for a new client: the five required keys filled in, the others as commented examples, explanations in
 * Russian and English. UTF-8; line ends are `\r\n`, since Windows' older editors need them and no other system minds.
 * @throws RangeError when a value holds a line break or begins and ends with a quote, which the file's syntax would take away.
 */
export function renderExampleConfiguration(values: RequiredValues): string {
  const given: Partial<Record<ClientOptionKey, string>> = {
    Connect: values.connect,
    Ca_cert: values.caCert,
    Client_cert: values.clientCert,
    Storage: values.storage,
    Logger: values.logger,
  };
  const lines = [
    '# Stat_Client: файл конфигурации / configuration file',
    '# Строка: Ключ = значение. Строки с # и ; в начале не читаются. / A line: Key = value. Lines beginning with # or ; are not read.',
    '# Пути считаются от папки этого файла. / Paths are relative to the folder of this file.',
  ];
  for (const option of CLIENT_OPTIONS) {
    lines.push('', `# ${option.key}: ${option.ru}.`, `# ${option.key}: ${option.en}.`);
    const value = given[option.key];
    if (value === undefined) {
      lines.push(`#${option.key} = ${option.example}`);
    } else {
      if (/[\r\n]/.test(value) || /^".*"$/.test(value) || value.trim() !== value || value === '') {
        throw new RangeError(`${option.key} cannot be written into a configuration file: no line breaks, outer quotes or outer spaces`);
      }
      lines.push(`${option.key} = ${value}`);
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}
