import type * as z from 'zod';
import { renderFields, renderTable } from '../../core/terminal/table.ts';
import type { Translate } from '../../core/terminal/words.ts';
import type { foundAnswer } from '../api/contract-answers.ts';
import type { cardAnswer } from '../api/contract-card.ts';
import { periodText } from './contracts-arguments.ts';

/** Contracts and their cards as a terminal shows them. */
type Found = z.input<typeof foundAnswer>;
type Card = z.input<typeof cardAnswer>;

const modeText = (mode: 'credit' | 'debit', t: Translate): string => (mode === 'debit' ? t('debit', 'дебет') : t('credit', 'кредит'));

export function foundTable(items: readonly Found[], t: Translate): string {
  const titles = [
    'ID',
    t('TITLE', 'ДОГОВОР'),
    t('STATUS', 'СТАТУС'),
    t('BALANCE', 'БАЛАНС'),
    t('LIMIT', 'ЛИМИТ'),
    t('COMMENT', 'КОММЕНТАРИЙ'),
  ];
  return renderTable(
    titles,
    items.map((row) => [row.id, row.title, row.status_title, row.balance, row.limit, row.comment]),
  );
}

function familyText({ contract: { family }, head, members }: Card, t: Translate): string {
  if (family.role === 'plain') return '';
  if (family.role === 'head') return t(`head of ${family.members}`, `головной, субдоговоров: ${family.members}`);
  const kind = family.dependent ? t('dependent member of', 'зависимый субдоговор') : t('independent member of', 'независимый субдоговор');
  return `${kind} ${head?.title ?? family.head_id}${members.length > 0 ? ` (${members.length})` : ''}`;
}

/** What a contract has beside its record: one line each. */
function partsOf({ tariffs, service_objects, modules, options, status, notes }: Card, t: Translate): (string | number)[][] {
  return [
    ...status.periods
      .filter(({ when }) => when === 'planned')
      .map((row) => [t('planned status', 'план статуса'), row.id ?? '', `${row.title} ${periodText(row.date_from, row.date_to)}`]),
    ...tariffs.map((row) => [t('tariff', 'тариф'), row.id, `${row.title} ${periodText(row.date_from, row.date_to)}`]),
    ...options.map((row) => [t('option', 'опция'), row.id, row.title]),
    ...modules.map((row) => [t('module', 'модуль'), row.id, row.title]),
    ...service_objects.map((row) => [
      t('service object', 'объект услуги'),
      row.id,
      `${row.service_title} x ${row.count} ${periodText(row.date_from, row.date_to)}`,
    ]),
    ...notes.slice(0, 5).map((row) => [t('note', 'примечание'), row.id, row.subject]),
  ];
}

export function cardText(card: Card, t: Translate): string {
  const { contract, balance, status, limit, marks, form } = card;
  const plan = limit.plan
    ? t(` until ${limit.plan.due_on}, then ${limit.plan.limit}`, ` до ${limit.plan.due_on}, затем ${limit.plan.limit}`)
    : '';
  const fields = renderFields([
    ['id', contract.id],
    [t('title', 'договор'), contract.title],
    [t('comment', 'комментарий'), contract.comment],
    [t('days', 'срок'), periodText(contract.date_from, contract.date_to)],
    [t('mode', 'режим'), modeText(contract.mode, t)],
    [t('status', 'статус'), `${status.title} ${t('since', 'с')} ${contract.status_from ?? contract.date_from}`],
    [t('balance', 'баланс'), balance.outgoing],
    [t('available', 'доступно'), balance.available],
    [t('limit', 'лимит'), `${limit.limit}${plan}`],
    [t('groups', 'группы'), marks.groups.map(({ id, title }) => `${title} (${id})`).join(', ')],
    [t('labels', 'метки'), marks.labels.map(({ id, title }) => `${title} (${id})`).join(', ')],
    [t('family', 'семья'), familyText(card, t)],
    [t('hidden', 'скрыт'), contract.hidden],
    [t('version', 'версия'), contract.version],
    ...form.parameters.filter(({ shown }) => shown !== '').map((row) => [row.title, row.shown] as const),
  ]);
  const parts = partsOf(card, t);
  return parts.length === 0 ? fields : `${fields}\n\n${renderTable([t('PART', 'ЧТО'), 'ID', t('VALUE', 'ЗНАЧЕНИЕ')], parts)}`;
}
