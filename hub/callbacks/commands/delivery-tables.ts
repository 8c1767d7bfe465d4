import { renderFields, renderTable } from '../../core/terminal/table.ts';
import type { Translate } from '../../core/terminal/words.ts';
import type { ResendJobView } from '../add-resend-job.ts';
import type { AttemptView, DeliveryView } from '../delivery-view.ts';
import type { AttemptBytes } from '../show-attempt.ts';
import type { DeliveryDetails } from '../show-delivery.ts';
import type { HealthView } from '../show-health.ts';

/** What the commands of the log print. */
function stateWord(t: Translate, { state, held_by }: Pick<DeliveryView, 'state' | 'held_by'>): string {
  const word = {
    pending: t('pending', 'ожидает'),
    sending: t('sending', 'отправляется'),
    waiting: t('waiting', 'ждёт повтора'),
    held: t('held', 'задержана'),
    delivered: t('delivered', 'доставлена'),
    failed: t('failed', 'не доставлена'),
    rejected: t('rejected', 'отклонена'),
    blocked: t('blocked', 'заблокирована'),
    canceled: t('canceled', 'отменена'),
  }[state];
  return held_by === null ? word : `${word} (${held_by})`;
}

const aboutOf = ({ trip, order, person, dictionary, contract }: DeliveryView): string =>
  [
    ['trip', trip],
    ['order', order],
    ['person', person],
    ['dictionary', dictionary],
    ['contract', contract],
  ]
    .flatMap(([name, id]) => (id === null ? [] : [`${name}/${id}`]))
    .join(' ');

const cameOf = ({ status, error }: { readonly status: number | null; readonly error: string | null }): string =>
  [status, error].filter((part) => part !== null).join(' ');

export function renderDeliveries(items: readonly DeliveryView[], t: Translate): string {
  if (items.length === 0) return t('nothing here', 'здесь ничего нет');
  return renderTable(
    [
      t('ID', 'N'),
      t('MADE', 'СОЗДАНА'),
      t('ENDPOINT', 'ПОЛУЧАТЕЛЬ'),
      t('EVENT', 'СОБЫТИЕ'),
      t('ABOUT', 'О ЧЁМ'),
      t('STATE', 'СОСТОЯНИЕ'),
      t('TRIES', 'ПОПЫТКИ'),
      t('CAME OF IT', 'ИТОГ'),
    ],
    items.map((item) => [
      item.id,
      item.created_at,
      `${item.endpoint_id} ${item.endpoint_name}`,
      item.event_type,
      aboutOf(item),
      stateWord(t, item),
      item.attempts,
      cameOf(item),
    ]),
  );
}

const renderAttempts = (attempts: readonly AttemptView[], t: Translate): string =>
  renderTable(
    [
      t('ATTEMPT', 'ПОПЫТКА'),
      t('BEGUN', 'НАЧАТА'),
      t('MS', 'МС'),
      t('CAME OF IT', 'ИТОГ'),
      t('PEER', 'АДРЕС'),
      t('VERSION', 'ВЕРСИЯ'),
      t('BYTES', 'БАЙТ'),
    ],
    attempts.map((attempt) => [
      attempt.number,
      attempt.begun_at,
      attempt.ms['end'] === undefined || attempt.ms['end'] === null ? '' : Math.round(attempt.ms['end']),
      `${attempt.outcome} ${cameOf(attempt)} ${attempt.message ?? ''}`.trim(),
      attempt.peer,
      attempt.version,
      attempt.bytes,
    ]),
  );

export function renderDelivery(delivery: DeliveryDetails, t: Translate): string {
  const fields = renderFields([
    [t('state', 'состояние'), stateWord(t, delivery)],
    [t('endpoint', 'получатель'), `${delivery.endpoint_id} ${delivery.endpoint_name}`],
    [t('event', 'событие'), `${delivery.event_type} ${delivery.event_id}`],
    [t('about', 'о чём'), aboutOf(delivery)],
    [t('made', 'создана'), delivery.created_at],
    [t('next attempt', 'следующая попытка'), delivery.next_at],
    [t('ended', 'завершена'), delivery.ended_at],
    [t('sent again from', 'повтор доставки'), delivery.resend_of],
    [t('sent again as', 'повторена как'), delivery.resends.map(({ id, by }) => `${id} (${by})`).join(', ')],
  ]);
  return delivery.attempt_list.length === 0 ? fields : `${fields}\n\n${renderAttempts(delivery.attempt_list, t)}`;
}

const lines = (headers: AttemptBytes['headers']): string[] => headers.map(([name, value]) => `${name}: ${value}`);

/** Bodies come from afar: nothing in them but line breaks and tabs must reach the terminal as it is. */
const printable = (text: string): string => text.replaceAll('\r\n', '\n').replace(/[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd');

/** As it went over the wire, with the body laid out. */
export function renderBytes(attempt: AttemptBytes, t: Translate): string {
  const { body, answer } = attempt;
  const hidden =
    attempt.hidden === null
      ? []
      : [t('(all of it is hidden: personal data in it cannot be told apart)', '(всё скрыто: персональные данные не отделить)')];
  const notShown =
    answer.bytes > 0 && answer.body === null
      ? [t(`(${answer.bytes} bytes, shown with --unmasked)`, `(${answer.bytes} байт, видны с --unmasked)`)]
      : [];
  const text = [
    `${attempt.method} ${attempt.url}`,
    ...lines(attempt.headers),
    '',
    ...(body ? [body.pretty ?? body.text] : []),
    ...hidden,
    '',
    t('Answer', 'Ответ'),
    ...lines(answer.headers),
    '',
    ...(answer.body ? [answer.body.pretty ?? answer.body.text] : []),
    ...notShown,
  ].join('\n');
  return printable(text);
}

export const renderJobs = (jobs: readonly ResendJobView[], t: Translate): string =>
  jobs.length === 0
    ? t('no resend jobs', 'заданий повторной отправки нет')
    : renderTable(
        [
          t('ID', 'N'),
          t('STATE', 'СОСТОЯНИЕ'),
          t('FOUND', 'НАЙДЕНО'),
          t('RESENT', 'ПОВТОРЕНО'),
          t('SKIPPED', 'ПРОПУЩЕНО'),
          t('A SECOND', 'В СЕКУНДУ'),
          t('BY', 'КЕМ'),
          t('WHY', 'ПОЧЕМУ'),
        ],
        jobs.map((job) => [
          job.id,
          job.state,
          job.found,
          job.resent,
          job.skipped,
          job.rate,
          job.made_by,
          job.fault ??
            Object.entries(job.reasons)
              .map(([reason, count]) => `${reason} ${count}`)
              .join(', '),
        ]),
      );

export const renderHealth = (items: readonly HealthView[], t: Translate): string =>
  items.length === 0
    ? t('no endpoints', 'получателей нет')
    : renderTable(
        [
          t('ID', 'N'),
          t('NAME', 'ИМЯ'),
          t('HEALTH', 'СОСТОЯНИЕ'),
          t('LAST SUCCESS', 'УСПЕХ'),
          t('FAILING SINCE', 'СБОИ С'),
          t('FAILURES', 'СБОЕВ'),
          t('ERROR', 'ОШИБКА'),
          t('WAITING', 'ЖДУТ'),
        ],
        items.map(({ waiting, ...item }) => [
          item.endpoint_id,
          item.name,
          item.enabled ? item.state : t('disabled', 'отключён'),
          item.last_success_at,
          item.failing_since,
          item.failures,
          item.last_error,
          `${waiting.first} + ${waiting.retry}${waiting.more ? '...' : ''}`,
        ]),
      );
