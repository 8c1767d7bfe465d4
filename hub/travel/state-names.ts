import type { OrderAction, OrderState, TripAction, TripState } from './transitions.ts';

/** A text for people in both languages. */
export interface Words {
  readonly ru: string;
  readonly en: string;
}

/** Names of states as people read them; the Russian ones are the source's. */
export const ORDER_STATE_NAMES: Readonly<Record<OrderState, Words>> = {
  creating: { ru: 'создается', en: 'being created' },
  draft: { ru: 'черновик', en: 'draft' },
  inprocess: { ru: 'в обработке', en: 'in process' },
  onconfirmation: { ru: 'у поставщика', en: 'with the supplier' },
  readyforissuance: { ru: 'готов к оформлению', en: 'ready for issuing' },
  queued: { ru: 'ожидает реакции агента', en: 'waiting for the agent' },
  needswork: { ru: 'ожидает реакции клиента', en: 'waiting for the client' },
  error: { ru: 'ошибка обработки заказа', en: 'error' },
  finished: { ru: 'выполнен', en: 'finished' },
  canceled: { ru: 'отменен', en: 'canceled' },
};

export const TRIP_STATE_NAMES: Readonly<Record<TripState, Words>> = {
  draft: { ru: 'черновик', en: 'draft' },
  authorizing: { ru: 'идет авторизация', en: 'being authorized' },
  cleancopy: { ru: 'чистовик', en: 'clean copy' },
  forexecution: { ru: 'на исполнении', en: 'being executed' },
  finished: { ru: 'завершена', en: 'finished' },
  canceled: { ru: 'отменена', en: 'canceled' },
};

/** What an action does, for help texts and the page of the REST interface. */
export const ORDER_ACTION_NAMES: Readonly<Record<OrderAction, Words>> = {
  ready: { ru: 'содержание заказа известно: сделать черновиком', en: 'the content is known: make it a draft' },
  book: { ru: 'забронировать', en: 'book' },
  await_supplier: { ru: 'передан поставщику, ждём ответа', en: 'handed to the supplier, who will answer' },
  confirm: { ru: 'поставщик подтвердил бронь', en: 'the supplier has confirmed the booking' },
  queue: { ru: 'передать агенту', en: 'put before an agent' },
  ask_client: { ru: 'запросить клиента', en: 'ask the client' },
  resume: { ru: 'вернуть в обработку', en: 'go on with it' },
  issue: { ru: 'оформить (выписать)', en: 'issue' },
  complete: { ru: 'выполнен: документы выданы', en: 'done: the documents are there' },
  decline: { ru: 'поставщик отказал', en: 'the supplier has refused' },
  cancel: { ru: 'отменить', en: 'cancel' },
  expire: { ru: 'истёк срок оформления', en: 'the time limit has passed' },
  fail: { ru: 'обработка не удалась', en: 'the processing has failed' },
  retry: { ru: 'повторить после ошибки', en: 'try again after an error' },
  exchange: { ru: 'начать обмен', en: 'begin an exchange' },
  refund: { ru: 'вернуть полностью или частично', en: 'refund, in full or in part' },
};

export const TRIP_ACTION_NAMES: Readonly<Record<TripAction, Words>> = {
  add_order: { ru: 'добавить заказ', en: 'add an order' },
  book: { ru: 'забронировать все черновики заказов', en: 'book every draft order' },
  set_codes: { ru: 'проставить коды', en: 'set codes' },
  submit: { ru: 'отправить на авторизацию', en: 'submit for authorization' },
  approve: { ru: 'авторизовать', en: 'approve' },
  reject: { ru: 'отклонить, с причиной', en: 'reject, with a reason' },
  recall: { ru: 'отозвать с авторизации', en: 'take back from authorization' },
  to_cleancopy: { ru: 'перевести в чистовик', en: 'make it a clean copy' },
  to_draft: { ru: 'вернуть в черновик', en: 'back to draft' },
  issue: { ru: 'оформить все готовые заказы', en: 'issue every ready order' },
  cancel: { ru: 'отменить вместе с заказами', en: 'cancel, orders included' },
  reopen: { ru: 'открыть снова', en: 'open again' },
};
