import { badValue, checkLine } from './bad-value.ts';

/** What contracts hold of phones and e-mails (spec 2.3). */
export interface Phone {
  readonly phone: string;
  readonly comment: string;
}
export interface Email {
  readonly name: string;
  readonly address: string;
}

const MOST_PHONES = 20;
const MOST_EMAILS = 100;
const LONGEST_PHONE = 60;
const LONGEST_WORD = 200;
const ADDRESS = /^[^\s<>@,;"]{1,100}@[^\s<>@,;"]{1,150}$/u;
const NAMED = /^(?<name>.*?)\s*<(?<address>[^<>]*)>$/u;

/** Entries without a number are left out. @throws HubError BAD_REQUEST */
export function checkPhones(phones: readonly Phone[]): Phone[] {
  const kept = phones
    .map(({ phone, comment }) => ({
      phone: checkLine('phone', phone, LONGEST_PHONE),
      comment: checkLine('comment', comment, LONGEST_WORD),
    }))
    .filter(({ phone }) => phone !== '');
  if (kept.length > MOST_PHONES) throw badValue('count', `at most ${MOST_PHONES} phones are kept`, `не более ${MOST_PHONES} телефонов`);
  return kept;
}

/** `+7 900 [work], +7 901` */
export const phonesTitle = (phones: readonly Phone[]): string =>
  phones.map(({ phone, comment }) => (comment === '' ? phone : `${phone} [${comment}]`)).join(', ');

/** @throws HubError BAD_REQUEST naming the address that is none */
export function checkEmails(emails: readonly Email[]): Email[] {
  if (emails.length > MOST_EMAILS) throw badValue('e-mail', `at most ${MOST_EMAILS} addresses are kept`, `не более ${MOST_EMAILS} адресов`);
  return emails.map(({ name, address }) => {
    const checked = { name: checkLine('e-mail', name, LONGEST_WORD), address: address.trim() };
    if (!ADDRESS.test(checked.address))
      throw badValue('e-mail', `${JSON.stringify(address.slice(0, 100))} is no address`, `неверный адрес ${address.slice(0, 100)}`);
    return checked;
  });
}

/** Lines `Name <a@b>` or `a@b`; also parted by `;` or `,` where nothing is named. @throws HubError BAD_REQUEST */
export function parseEmails(text: string): Email[] {
  const entries = text
    .split(text.includes('<') ? /[\r\n;]+/ : /[\r\n;,]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return checkEmails(
    entries.map((entry) => {
      const groups = NAMED.exec(entry)?.groups;
      return groups ? { name: groups['name'] ?? '', address: groups['address'] ?? '' } : { name: '', address: entry };
    }),
  );
}

export const emailText = ({ name, address }: Email): string => (name === '' ? address : `${name} <${address}>`);
/** One a line, as they are typed. */
export const emailLines = (emails: readonly Email[]): string => emails.map(emailText).join('\n');
export const emailsTitle = (emails: readonly Email[]): string => emails.map(emailText).join(', ');
