import { badValue, checkLine } from './bad-value.ts';

/**
 * The record of a contract: rules without a database. A family has depth one (spec 2.1): super_id 0 is a plain contract, -1 a head, otherwise the
 * number of the head that it is a member of; a member is dependent (sub_mode 0: its money is the head's) or independent (1).
 */
interface Relation {
  readonly superId: number;
  readonly subMode: 0 | 1;
}

export const isHead = ({ superId }: Pick<Relation, 'superId'>): boolean => superId === -1;
export const isMember = ({ superId }: Pick<Relation, 'superId'>): boolean => superId > 0;

/** 1 debit, 0 credit (catalogue 7). */
export type Mode = 0 | 1;
/** As actions say it: `debet`, anything else is credit. */
export const modeOf = (word: string | undefined): Mode => (word === 'debet' ? 1 : 0);
export const modeWord = (mode: Mode): string => (mode === 1 ? 'debet' : 'credit');
/** As the log of a contract shows it. */
export const modeTitle = (mode: Mode): string => (mode === 1 ? 'Дебет' : 'Кредит');

export type PersonType = 0 | 1;
export const faceTitle = (personType: number): string => (personType === 1 ? 'Юридическое лицо' : 'Физическое лицо');

const LONGEST_TITLE = 200;
const LONGEST_COMMENT = 1_000;
const LONGEST_PASSWORD = 100;

/** @throws HubError BAD_REQUEST */
export function checkTitle(text: string): string {
  const title = checkLine('title', text, LONGEST_TITLE);
  if (title === '') throw badValue('title', 'a contract needs a title', 'у договора должно быть название');
  return title;
}

/** @throws HubError BAD_REQUEST */
export const checkComment = (text: string): string => checkLine('comment', text, LONGEST_COMMENT);

/** @throws HubError BAD_REQUEST */
export function checkPassword(text: string): string {
  const password = checkLine('password', text, LONGEST_PASSWORD);
  if (password !== text) throw badValue('password', 'spaces around it are not taken', 'пробелы по краям не допускаются');
  return password;
}

/** @throws HubError BAD_REQUEST */
export function checkPersonType(value: number): PersonType {
  if (value !== 0 && value !== 1) throw badValue('value', '0 is a person, 1 a company', '0 — физическое лицо, 1 — юридическое лицо');
  return value;
}

/** @throws HubError BAD_REQUEST */
export function checkSubMode(value: number): 0 | 1 {
  if (value !== 0 && value !== 1)
    throw badValue('sub_mode', '0 is dependent, 1 independent', '0 — зависимый субдоговор, 1 — независимый субдоговор');
  return value;
}
