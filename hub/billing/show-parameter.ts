import { emailLines } from './contacts.ts';
import { KINDS } from './parameter-kind.ts';
import type { ValueRow } from './sql/parameter-values.ts';
import type { MemberRow, ParameterRow } from './sql/parameters.ts';

/** The value of a parameter as the catalogue's bean of its kind; a parameter never set has none. */
export function attributeBean(
  contractId: number,
  { id, kind }: Pick<ParameterRow, 'id' | 'kind'>,
  value: ValueRow,
): Record<string, unknown> {
  const of = { entityId: contractId, entitySpecAttrId: id };
  const { title, number, day, detail } = value;
  switch (kind) {
    case 2: {
      const { pod = 0, floor = 0, flat = '', room = '', comment = '', formatKey = '' } = detail?.address ?? {};
      return { $type: 'entityAttrAddress', ...of, title, houseId: number ?? 0, pod, floor, flat, room, comment, formatKey };
    }
    case 3: {
      const emails = detail?.emails ?? [];
      return { $type: 'entityAttrEmail', ...of, value: emailLines(emails), contactList: emails };
    }
    case 5:
      return { $type: 'entityAttrBoolean', ...of, value: number === 1 };
    case 6:
      return { $type: 'entityAttrDate', ...of, value: day };
    case 7:
    case 11:
      return { $type: 'entityAttrList', ...of, title, value: number ?? detail?.items?.[0] ?? 0 };
    case 8:
      return { $type: 'entityAttrContract', ...of, title, value: number ?? 0 };
    case 9:
      return { $type: 'entityAttrPhone', ...of, contactList: detail?.phones ?? [] };
    default:
      return { $type: 'entityAttrText', ...of, value: title };
  }
}

/** A parameter as an attribute of entities: the same thing under other codes (catalogue 7). */
export const attributeSpecBean = ({ id, title, comment, history, kind }: ParameterRow): Record<string, unknown> => ({
  id,
  title,
  comment,
  history,
  type: KINDS[kind].attributeType,
  typeName: KINDS[kind].typeName,
});

/** The same as a member of a parameter group. */
export const memberBean = (member: MemberRow): Record<string, unknown> => ({
  $type: 'contractParameterGroupAttr',
  ...attributeSpecBean(member),
  customerRead: member.customerRead,
  customerWrite: member.customerWrite,
  order: member.order,
});

export const preferenceBean = (row: ParameterRow): Record<string, unknown> => ({
  id: row.id,
  title: row.title,
  alwaysVisible: row.alwaysVisible,
  history: row.history,
  read: row.customerRead,
  sort: row.position,
  type: KINDS[row.kind].preference,
  write: row.customerWrite,
});
