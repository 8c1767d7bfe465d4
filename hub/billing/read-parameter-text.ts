import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import type { Act } from './act.ts';
import { badValue } from './bad-value.ts';
import { parseEmails } from './contacts.ts';
import { findParameter, mayRead } from './find-parameter.ts';
import { contractTitled, importDay, yesOrNo } from './import-fields.ts';
import { SEPARATOR } from './parameter-kind.ts';
import type { ParameterValue } from './parameter-value.ts';
import { listItems, type ParameterRow, parameters } from './sql/parameters.ts';

/** The parameter with this number or exactly this title. @throws HubError NOT_FOUND, CONFLICT: several are called so */
export async function parameterNamed(db: Queryable, act: Act, name: string): Promise<ParameterRow> {
  if (/^\d{1,9}$/.test(name)) return findParameter(db, act, Number(name));
  const named = (await parameters(db, 0)).filter(({ id, title, kind }) => title === name && kind !== SEPARATOR && mayRead(act, id));
  const [parameter, other] = named;
  if (parameter && !other) return parameter;
  const shown = JSON.stringify(name.slice(0, 100));
  if (!parameter)
    throw new HubError('NOT_FOUND', `there is no parameter ${shown}`, { reason: 'parameter', russian: `Параметр не найден: ${name}` });
  throw new HubError('CONFLICT', `several parameters are called ${shown}: name it by its number`, {
    reason: 'parameter',
    russian: `Есть несколько параметров «${name}», укажите номер`,
  });
}

async function itemOf(db: Queryable, { id, title, customValues }: ParameterRow, text: string): Promise<ParameterValue> {
  const item = (await listItems(db, id)).find((one) => one.title === text);
  if (item) return { kind: 7, item: item.id };
  if (customValues) return { kind: 7, item: 0, custom: text };
  throw badValue(title, `the list has no item ${JSON.stringify(text)}`, `в списке нет значения «${text}»`);
}

async function itemsOf(db: Queryable, { id, title }: ParameterRow, text: string): Promise<ParameterValue> {
  const items = await listItems(db, id);
  const titles = text.split(';').map((part) => part.trim());
  const found = titles
    .filter((part) => part !== '')
    .map((part) => {
      const item = items.find((one) => one.title === part);
      if (!item) throw badValue(title, `the list has no item ${JSON.stringify(part)}`, `в списке нет значения «${part}»`);
      return item.id;
    });
  return { kind: 11, items: found };
}

/** `+7 900 111-22-33 [work]; +7 901 ...` */
function phonesOf(text: string): ParameterValue {
  const phones = text.split(';').map((part) => {
    const [, phone = '', comment = ''] = /^\s*(.*?)\s*(?:\[(.*)\])?\s*$/.exec(part) ?? [];
    return { phone, comment };
  });
  return { kind: 9, phones };
}

/**
 * The value of a parameter as a person writes it in one cell: a text, an address as free text, addresses of e-mail and phones (with a comment in
 * brackets) parted by `;`, yes or no, a day, titles of a list's items, the title of a contract.
 * @throws HubError BAD_REQUEST, reason: the parameter's title; NOT_FOUND (contract)
 */
export async function readParameterText(db: Queryable, act: Act, parameter: ParameterRow, text: string): Promise<ParameterValue> {
  const { kind, title } = parameter;
  switch (kind) {
    case 2:
      return { kind, text };
    case 1:
    case 4:
      return { kind, text };
    case 3:
      return { kind, emails: parseEmails(text) };
    case 5: {
      const flag = yesOrNo(text);
      if (flag === undefined) throw badValue(title, 'expected yes or no', 'ожидается да или нет');
      return { kind, flag };
    }
    case 6: {
      const day = importDay.safeParse(text);
      if (!day.success) throw badValue(title, 'expected a day such as 2026-11-22', 'ожидается дата, например 22.11.2026');
      return { kind, day: day.data };
    }
    case 7:
      return itemOf(db, parameter, text);
    case 8:
      return { kind, contractId: await contractTitled(db, act, text) };
    case 9:
      return phonesOf(text);
    case 10:
      throw badValue(title, 'a separator has no value', 'разделитель не имеет значения');
    case 11:
      return itemsOf(db, parameter, text);
  }
}
