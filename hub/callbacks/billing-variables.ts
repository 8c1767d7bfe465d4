import type { BillingEventData, ValueContext } from './event-data.ts';
import { filled, type Held, type VariableEntry } from './variable.ts';

/** Variables that only the family `billing` has: fields of its events (spec billing 2.13) by their names there. */

type Reader = (data: BillingEventData, context: ValueContext) => Held;

/** A field as a template gets it: lists by commas, true and false as words, nothing as absent. */
function held(value: unknown): Held {
  if (typeof value === 'string') return filled(value);
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? filled(value.join(',')) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

const field =
  (name: string): Reader =>
  (data) =>
    held(data[name]);

/** Of a change of modules the service that it is about has its fields one level deeper. */
const nested =
  (name: string): Reader =>
  (data) =>
    held(data[name] ?? fieldsOf(data['service'] ?? data['inetService'])[name]);

/** What a row was before it was changed. */
const before =
  (name: string): Reader =>
  (data) =>
    held(fieldsOf(data['before'])[name]);

/** Personal data is sent where the endpoint was told so (`subscriber_data`). */
const personal =
  (read: Reader): Reader =>
  (data, context) =>
    context.subscriberData ? read(data, context) : undefined;

/** Bit n of a decimal means group n. */
function groupNumbers(mask: unknown): Held {
  if (typeof mask !== 'string' || !/^\d{1,19}$/.test(mask)) return undefined;
  const bits = BigInt(mask).toString(2);
  return filled(
    [...bits]
      .flatMap((bit, at) => (bit === '1' ? [bits.length - 1 - at] : []))
      .reverse()
      .join(','),
  );
}

/** What was before: of a parameter its value, which may be personal; of groups their numbers; of a status or a limit itself. */
const former: Reader = (data, { subscriberData }) => {
  if (data['parameterId'] !== undefined) return subscriberData ? held(data['former']) : undefined;
  return data['groupId'] === undefined ? held(data['former']) : groupNumbers(data['former']);
};

const entry = (billing: Reader, en: string, ru: string, more: Omit<VariableEntry, 'en' | 'ru' | 'billing'> = {}): VariableEntry => ({
  ...more,
  billing,
  en,
  ru,
});
const whole = (billing: Reader, en: string, ru: string, more: Pick<VariableEntry, 'bare'> = {}): VariableEntry =>
  entry(billing, en, ru, { ...more, kind: 'integer' });
const FREE = { free: true } as const;
const SENSITIVE = { free: true, sensitive: true } as const;

export const BILLING_ENTRIES: Readonly<Record<string, VariableEntry>> = {
  contractId: whole(field('contractId'), 'Number of the contract', 'Идентификатор договора', { bare: true }),
  contractTitle: entry(field('contractTitle'), 'Title of the contract', 'Номер (название) договора', { ...FREE, bare: true }),
  contractGroups: entry(
    (data) => groupNumbers(data.contractGroups),
    "Numbers of the contract's groups, by commas",
    'Номера групп договора через запятую',
  ),
  contractDomainId: whole(field('contractDomainId'), "Number of the contract's domain; 0: none", 'Номер домена договора; 0: нет'),
  operatorId: whole(field('operatorId'), 'Number of the operator; 0: the server itself', 'Номер оператора; 0: сам сервер'),
  protocol: entry(
    field('protocol'),
    'Through what it came: action, soap, json, rest, cli, scheduler',
    'Как пришло изменение: action, soap, json, rest, cli, scheduler',
  ),
  requestId: entry(field('requestId'), 'Id of the request, as in the audit', 'Идентификатор запроса, как в аудите'),
  id: whole(
    nested('id'),
    'Number of the row: payment, charge, reserve, tariff, service',
    'Номер записи: платежа, расхода, резерва, тарифа, услуги',
  ),
  typeId: whole(field('typeId'), 'Number of the type of payment, charge or reserve', 'Номер типа платежа, расхода или резерва'),
  typeTitle: entry(field('typeTitle'), 'Title of that type', 'Название этого типа', FREE),
  date: entry(field('date'), 'Day of the row, YYYY-MM-DD', 'Дата записи, ГГГГ-ММ-ДД'),
  amount: entry(field('amount'), 'Amount, a decimal with two digits', 'Сумма, десятичное число с двумя знаками'),
  description: entry(
    personal(field('description')),
    'Comment on the payment, charge or reserve',
    'Комментарий к платежу, расходу или резерву',
    SENSITIVE,
  ),
  externalId: entry(field('externalId'), 'By which its sender knows a payment', 'Идентификатор платежа у отправителя', FREE),
  balanceAfter: entry(field('balanceAfter'), 'Balance after the change', 'Баланс после изменения'),
  userId: whole(field('userId'), 'Number of the operator who stored the row', 'Номер оператора, записавшего строку'),
  timestamp: entry(field('timestamp'), 'When the row was stored, RFC 3339', 'Когда сделана запись, RFC 3339'),
  beforeTypeId: whole(before('typeId'), 'Type before the change', 'Тип до изменения'),
  beforeDate: entry(before('date'), 'Day before the change', 'Дата до изменения'),
  beforeAmount: entry(before('amount'), 'Amount before the change', 'Сумма до изменения'),
  beforeDateFrom: entry(before('dateFrom'), 'First day of a reserve before the change', 'Первый день резерва до изменения'),
  beforeDateTo: entry(before('dateTo'), 'Last day of a reserve before the change', 'Последний день резерва до изменения'),
  closedOn: entry(field('closedOn'), 'Day from which a reserve is released', 'День, с которого резерв закрыт'),
  beforeDescription: entry(personal(before('description')), 'Comment before the change', 'Комментарий до изменения', SENSITIVE),
  balance: entry(field('balance'), 'Outgoing balance', 'Исходящий остаток'),
  limit: entry(field('limit'), 'Limit: the lowest balance that is still allowed', 'Лимит: наименьший допустимый баланс'),
  mode: entry(field('mode'), 'How the contract is paid: debit or credit', 'Режим баланса: debit или credit'),
  title: entry(field('title'), 'Title of the contract, after the change', 'Название договора после изменения', FREE),
  patternId: whole(field('patternId'), 'Number of the pattern; 0: none', 'Номер шаблона; 0: нет'),
  dateFrom: entry(nested('dateFrom'), 'First day', 'Первый день'),
  dateTo: entry(nested('dateTo'), 'Last day; empty: open end', 'Последний день; пусто: без срока'),
  superId: whole(field('superId'), 'Number of the head, of a member of a family', 'Номер супердоговора, если это субдоговор'),
  modules: entry(field('modules'), 'Numbers of the modules, by commas', 'Номера модулей через запятую'),
  tariffs: entry(field('tariffs'), 'Numbers of the tariff plans, by commas', 'Номера тарифных планов через запятую'),
  changed: entry(
    (data) => filled(Object.keys(fieldsOf(data['changed'])).join(',')),
    'Names of the fields that changed, by commas; read their values by REST',
    'Имена изменённых полей через запятую; значения читайте через REST',
  ),
  status: whole(field('status'), 'Code of the status', 'Код статуса'),
  statusTitle: entry(field('statusTitle'), 'Title of the status', 'Название статуса', FREE),
  former: entry(
    former,
    'What was before: code of the status, limit, numbers of the groups; value of the parameter, with `subscriber_data` only',
    'Что было раньше: код статуса, лимит, номера групп; значение параметра — только с `subscriber_data`',
    SENSITIVE,
  ),
  reason: entry(
    field('reason'),
    'Why the status changed: manual, scheduled, payment, debt',
    'Почему изменён статус: manual, scheduled, payment, debt',
  ),
  paymentId: whole(field('paymentId'), 'Number of the payment that unlocked', 'Номер платежа, который разблокировал'),
  parameterId: whole(field('parameterId'), 'Number of the parameter', 'Номер параметра'),
  kind: whole(field('kind'), 'Kind of the parameter: 1 text, 2 address, 3 e-mail ...', 'Вид параметра: 1 текст, 2 адрес, 3 e-mail ...'),
  value: entry(
    personal(field('value')),
    'Value of the parameter as text; empty: taken away',
    'Значение параметра; пусто: удалено',
    SENSITIVE,
  ),
  until: entry(field('until'), 'Day on which a temporary limit returns', 'День возврата временного лимита'),
  tariffPlanId: whole(field('tariffPlanId'), 'Number of the tariff plan', 'Номер тарифного плана'),
  tariffGroupId: whole(field('tariffGroupId'), 'Number of the tariff group', 'Номер группы тарифов'),
  optionId: whole(field('optionId'), 'Number of the tariff option', 'Номер тарифной опции'),
  timeTo: entry(field('timeTo'), 'End of a tariff option, RFC 3339', 'Окончание тарифной опции, RFC 3339'),
  position: whole(field('position'), 'Position of the tariff', 'Позиция тарифа'),
  change: entry(
    nested('change'),
    'What was done: created, changed, deleted; of an option option-activated, option-deactivated',
    'Что сделано: created, changed, deleted; с опцией option-activated, option-deactivated',
  ),
  attached: entry(field('attached'), 'Numbers of the modules that came, by commas', 'Номера подключённых модулей через запятую'),
  detached: entry(field('detached'), 'Numbers of the modules that left, by commas', 'Номера отключённых модулей через запятую'),
  serviceId: whole(nested('serviceId'), 'Number of the service', 'Номер услуги'),
  objectId: whole(field('objectId'), 'Number of the object that the service is for', 'Номер объекта, к которому относится услуга'),
  count: whole(field('count'), 'How many times the service is taken', 'Количество'),
  comment: entry(personal(nested('comment')), 'Comment on the record', 'Комментарий к записи', SENSITIVE),
  groupId: whole(field('groupId'), 'Number of the group', 'Номер группы'),
  labelId: whole(field('labelId'), 'Number of the label', 'Номер метки'),
  added: entry(field('added'), 'true: the group or label was added, false: taken away', 'true: группа или метка добавлена, false: снята'),
  login: entry(field('login'), 'Login that was tried', 'Логин, под которым пытались войти', FREE),
  remoteAddress: entry(personal(field('remoteAddress')), 'Address from which it was tried', 'Адрес, с которого пытались', SENSITIVE),
};

/** Names of the variables that `subscriber_data` gives values to; to `former` of a parameter only. */
export const SUBSCRIBER_VARIABLES: readonly string[] = Object.entries(BILLING_ENTRIES).flatMap(([name, { sensitive }]) =>
  sensitive ? [name] : [],
);
