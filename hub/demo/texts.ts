/** Every sentence of the demonstration in both languages. */
const TEXTS = {
  title: [
    'Vestnik: tickets to the accountant, callbacks to the customer, contracts to the billing, on this machine',
    'Вестник: билеты бухгалтеру, коллбэки заказчику, договоры в биллинге, на этой машине',
  ],
  database: ['A database of our own, and the hub on it', 'Собственная база данных и сервер на ней'],
  databaseStarted: [
    'PostgreSQL {version} runs as process {pid}, data in {folder}',
    'PostgreSQL {version} работает, процесс {pid}, данные в {folder}',
  ],
  migrated: [
    '{n} migrations applied; REST at {rest}, feed for agencies at {feed}',
    'применено миграций: {n}; REST на {rest}, выдача агентствам на {feed}',
  ],
  clients: ['Three clients; two of them get certificates', 'Три клиента; двое получают сертификаты'],
  clientMade: ['{name}: {rule}; bundle: {files}', '{name}: {rule}; комплект: {files}'],
  clientAbsent: ['{name}: {rule}; never connects, so its messages wait', '{name}: {rule}; не подключается, и его сообщения ждут'],
  ruleAbsent: ['every document', 'все документы'],
  ruleAgency: ['everything of agency {agency}', 'всё по агентству {agency}'],
  ruleCarrier: ['documents of carrier {carrier}, whoever sold them', 'документы перевозчика {carrier}, кто бы их ни продал'],
  programs: ['Stat_Client at the two of them, over mutual TLS', 'Stat_Client у этих двоих, по взаимному TLS'],
  checked: ['-check says:', '-check отвечает:'],
  programRuns: ['{name}: process {pid}, files into {folder}', '{name}: процесс {pid}, файлы в {folder}'],
  stream: [
    '{n} operations of cashiers arrive: issues, exchanges, refunds, voids',
    'Кассиры выполняют операции, всего {n}: продажи, обмены, возвраты, аннулирования',
  ],
  progress: [
    '{n} of {all} operations, {documents} documents; files: {files}',
    'операций {n} из {all}, документов {documents}; файлы: {files}',
  ],
  files: ['What lies in the folder of the accounting program', 'Что лежит в папке бухгалтерской программы'],
  filesMore: ['... {n} files in all. One of them:', '... всего файлов: {n}. Один из них:'],
  kill: [
    'Stat_Client is killed (kill -9) in mid-stream, {n} operations later it starts again',
    'Stat_Client убит (kill -9) посреди потока и запущен снова через {n} операций',
  ],
  killed: [
    'process {pid} killed after {files} files, the mailbox grew to {queued}',
    'процесс {pid} убит после {files} файлов, в очереди скопилось {queued}',
  ],
  restarted: ['process {pid} runs again; every document is there', 'процесс {pid} снова работает; все документы на месте'],
  replay: ['A document is asked for again: replay of {number}', 'Документ запрошен снова: повторная выдача {number}'],
  replayed: ['{file}: new sequence, the same bytes', '{file}: новый номер, те же байты'],
  verify: ['Every message of both agencies against the files of both folders', 'Сверка: каждое сообщение двух агентств и файлы двух папок'],
  verified: [
    '{messages} messages, {files} files: lost {lost}, doubled {doubled}, damaged {damaged}',
    'сообщений {messages}, файлов {files}: потеряно {lost}, задвоено {doubled}, повреждено {damaged}',
  ],
  customer: ['Romashka LLC', 'ООО «Ромашка»'],
  endpoints: ['Callbacks: four receivers of a customer are set up', 'Коллбэки: настраиваем четырёх получателей заказчика'],
  notAllowed: ['not yet on the allow-list, so it cannot be enabled: {detail}', 'адреса ещё нет в белом списке, включить нельзя: {detail}'],
  allowed: [
    'the customer asks for {address}, the agent forwards it, support approves',
    'заказчик запрашивает {address}, агент передаёт запрос, служба поддержки утверждает',
  ],
  endpointSap: [
    'endpoint {id}, SAP at {host}: a SOAP envelope for each change, by the schedule of the original (every 5 minutes, 10 attempts, until 200)',
    'получатель {id}, SAP на {host}: конверт SOAP о каждом изменении, расписание как в оригинале (раз в 5 минут, 10 попыток, до ответа 200)',
  ],
  endpointRest: [
    'endpoint {id}, a REST service at {host}: JSON with a signature by Standard Webhooks',
    'получатель {id}, сервис REST на {host}: JSON с подписью Standard Webhooks',
  ],
  endpointStumbling: [
    'endpoint {id} at {host}: new trips only; it will answer 500 twice. A second between attempts',
    'получатель {id} на {host}: только новые командировки; дважды ответит 500. Секунда между попытками',
  ],
  endpointDead: [
    'endpoint {id} at {host}: takes the connection and never answers',
    'получатель {id} на {host}: принимает соединение и молчит',
  ],
  trip: [
    'A trip from the first service to the last ticket, and what the receivers are told',
    'Командировка от первой услуги до последнего билета, и что узнают получатели',
  ],
  chosen: [
    'a traveller chooses a flight: the draft trip comes by itself',
    'сотрудник выбирает перелёт: черновик командировки создаётся сам',
  ],
  chosenMore: ['a hotel in the same trip', 'гостиница в ту же командировку'],
  booked: ['the trip is booked', 'командировка забронирована'],
  confirmed: ['order {id} is confirmed', 'заказ {id} подтверждён'],
  codesSet: ['budget codes are set', 'бюджетные коды проставлены'],
  silent: [': no state changes, so no callback', ': состояния не меняются, коллбэков нет'],
  cleanCopy: ['the trip becomes a clean copy', 'командировка стала чистовиком'],
  issued: ['the trip is issued', 'командировка выписывается'],
  completed: ['order {id} has its ticket', 'по заказу {id} выписан билет'],
  asReceived: ['The last one as SAP received it:', 'Последний, каким его получил SAP:'],
  stumbles: ['The receiver that answers 500 twice', 'Получатель, который дважды отвечает 500'],
  attempt: [
    '+{after} s: attempt {attempt}, answered {status}; EventId {eventId} (the same), CallbackId {callbackId} (new)',
    '+{after} с: попытка {attempt}, ответ {status}; EventId {eventId} (тот же), CallbackId {callbackId} (новый)',
  ],
  deadStep: ['The dead receiver disturbs nobody', 'Мёртвый получатель никому не мешает'],
  healthy: [
    'the two healthy ones had {n} callbacks; from the REST call to the receiver: p50 {half} ms, the slowest {most} ms',
    'двое исправных получили коллбэков: {n}; от вызова REST до получателя p50 {half} мс, самый медленный {most} мс',
  ],
  dead: [
    'the dead one was called {n} times, each call ended after 2 s; {waiting} callbacks wait 5 minutes for their next attempt',
    'запросов мёртвому: {n}, каждый прекращён через 2 с; следующей попытки через 5 минут ждут: {waiting}',
  ],
  billing: [
    'Billing: a contract locked by its debt and unlocked by a payment, over all three protocols, and told by callbacks',
    'Биллинг: договор заблокирован за долг и разблокирован платежом, по всем трём протоколам, с коллбэками',
  ],
  billingModule: ['Recurring fees', 'Абонплата'],
  billingPattern: ['Subscribers', 'Физические лица'],
  billingMask: ['C-NNNNN', 'Д-NNNNN'],
  billingDesk: ['Pay desk', 'Касса'],
  billingConnection: ['Connection', 'Подключение'],
  billingMade: [
    'XML action NewContract with pattern {pattern} alone; the pattern numbers it and attaches the module that watches debts:',
    'действие XML NewContract с одним только шаблоном {pattern}; шаблон даёт номер и подключает модуль, который следит за долгом:',
  ],
  billingLocked: [
    'JSON chargeUpdate of {sum}: the balance is below the limit 0.00, and the status becomes {status} (closed)',
    'JSON chargeUpdate на {sum}: баланс ниже лимита 0.00, и статус становится {status} (закрыт)',
  ],
  billingShort: [
    'SOAP paymentUpdate of {sum}, payment {payment}: a kopeck is missing, the status stays {status}',
    'SOAP paymentUpdate на {sum}, платёж {payment}: не хватает копейки, статус остаётся {status}',
  ],
  billingUnlocked: [
    'SOAP paymentUpdate of {sum}, payment {payment}, {took} ms: the status is {status} (active) when the call answers',
    'SOAP paymentUpdate на {sum}, платёж {payment}, {took} мс: к ответу на вызов статус уже {status} (активен)',
  ],
  billingTogether: [
    'payment {payment} and the period of the status ("{comment}") were written by one transaction, {paid}',
    'платёж {payment} и период статуса («{comment}») записаны одной транзакцией, {paid}',
  ],
  billingApart: [
    'payment {payment} and the period of the status were written by different transactions ({paid}, {unlocked})',
    'платёж {payment} и период статуса записаны разными транзакциями ({paid}, {unlocked})',
  ],
  billingRepeated: [
    'the same payment sent again, as after a lost answer: {payment}, and nothing is paid twice',
    'тот же платёж отправлен снова, как после потерянного ответа: {payment}, второй раз деньги не зачислены',
  ],
  billingRead: [
    'JSON contractGet and contractBalanceGet: {title}, status {status}; incoming {incomingSaldo} + payments {payments} - accounts {accounts} - charges {charges} = {balance}',
    'JSON contractGet и contractBalanceGet: {title}, статус {status}; входящий {incomingSaldo} + приходы {payments} - наработка {accounts} - расходы {charges} = {balance}',
  ],
  billingEndpoint: [
    'endpoint {id}, the accounting at {host}: payments and changes of status as JSON',
    'получатель {id}, бухгалтерия на {host}: платежи и смена статуса в JSON',
  ],
  billingTold: [
    'the accounting received {n} callbacks, the last one {took} ms after the payment was sent; the repeat made none:',
    'бухгалтерия получила коллбэков: {n}, последний через {took} мс после отправки платежа; повтор платежа не дал ни одного:',
  ],
  alerts: [
    'Alerts: {n} people are told by SMS and by mail, three of four answer, and a report is saved',
    'Оповещение: {n} человек получают SMS и письмо, трое из четырёх отвечают, отчёт сохраняется',
  ],
  alertsGroup: ['Duty officers', 'Дежурная смена'],
  alertsPerson: ['Officer No. {n}', 'Дежурный № {n}'],
  alertsDepartment: ['Department {n}', 'Отдел {n}'],
  alertsList: ['Everybody on duty', 'Все дежурные'],
  alertsMail: ['Mail', 'Почта'],
  alertsTask: ['Assembly', 'Сбор дежурных'],
  alertsText: [
    '{name}, assembly at 9:00 in building 2. Answer this message with any word.',
    '{name}, сбор в 9:00 в корпусе 2. Ответьте на это сообщение любым словом.',
  ],
  alertsImported: [
    'people imported from a table: {n}; two channels: a message centre (SMPP) and a mail server',
    'импортировано из таблицы: {n}; два канала: SMS-центр (SMPP) и почтовый сервер',
  ],
  alertsProgress: [
    'SMS: {total} people, confirmed {confirmed}, waiting {waiting}; mails delivered {mails}',
    'SMS: всего {total}, подтвердили {confirmed}, ждём {waiting}; писем доставлено {mails}',
  ],
  alertsDone: [
    '{messages} SMS and {mails} mails went out, one to each; confirmed by reply: {confirmed}, silent: {silent}; {took} ms. One of them:',
    'ушло SMS: {messages}, писем: {mails}, каждому по одному; подтвердили ответом: {confirmed}, молчат: {silent}; {took} мс. Одно из них:',
  ],
  alertsReply: ['Understood', 'Принято'],
  alertsReport: ['report: {file}', 'отчёт: {file}'],
  summary: ['Summary', 'Итог'],
  sumOperations: ['operations', 'операции'],
  sumDocuments: ['documents (XML files made)', 'документы (создано XML)'],
  sumFiles: ['files in folders', 'файлы в папках'],
  sumLost: ['lost / doubled / damaged', 'потеряно / задвоено / повреждено'],
  sumLatency: ['from POST to the file, p50 / p99', 'от POST до файла, p50 / p99'],
  sumWaiting: ['waiting for {name}, at most 30 days', 'ожидают клиента {name}, не больше 30 дней'],
  sumCallbacks: ['callbacks delivered', 'коллбэков доставлено'],
  sumCallbackLatency: ['from the call to the receiver, p50 / p99', 'от вызова до получателя, p50 / p99'],
  sumStumbled: ['attempts at the receiver that fails twice', 'попыток к получателю, отказавшему дважды'],
  sumDead: ['waiting for the dead receiver', 'ждут мёртвого получателя'],
  sumBilling: ['calls of the billing; balance of the contract', 'вызовов биллинга; баланс договора'],
  sumTold: ['callbacks of the billing; from the payment to the last', 'коллбэков биллинга; от платежа до последнего'],
  sumAlerts: ['people told; confirmed; ms', 'оповещено; подтвердили; мс'],
  addresses: ['Addresses', 'Адреса'],
  rest: ['REST and its description', 'REST и его описание'],
  billingDocs: ['operations of the billing', 'операции биллинга'],
  metrics: ['metrics', 'метрики'],
  feed: ['feed (mutual TLS)', 'выдача (взаимный TLS)'],
  line: ['line protocol of the alerts (TLS)', 'строчный протокол оповещения (TLS)'],
  administrator: ['administrator', 'администратор'],
  tryThese: ['Worth trying, in another terminal:', 'Попробуйте в другом терминале:'],
  stays: ['Everything stays up until Ctrl-C.', 'Всё работает до Ctrl-C.'],
  stopping: ['stopping...', 'остановка...'],
  failed: ['The demonstration FAILED', 'Демонстрация НЕ удалась'],
  foreign: [
    '{folder} holds files that no demonstration made: name another folder with --folder',
    'в папке {folder} лежат файлы, созданные не демонстрацией: укажите другую с помощью --folder',
  ],
  inUse: [
    '{folder} is used by another demonstration: stop it first (Ctrl-C there)',
    'папку {folder} использует другая демонстрация: сначала остановите её (Ctrl-C)',
  ],
} as const satisfies Record<string, readonly [en: string, ru: string]>;

export type TextKey = keyof typeof TEXTS;
export type Say = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

/** @returns a function that gives a sentence with its values filled in. */
export function speaker(language: 'ru' | 'en'): Say {
  return (key, values = {}) => TEXTS[key][language === 'ru' ? 1 : 0].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}
