import type { SendMailOptions } from 'nodemailer';
import { type Mailbox, normaliseEmail, readMailbox } from '../../email-address.ts';
import type { Order } from '../driver.ts';
import { htmlPart, plainPart } from './mail-html.ts';
import { bounceAddress } from './verp.ts';

/** What a group puts into each of its mails. */
export interface Sender {
  readonly from: Mailbox;
  /** Where bounces come back to, normalised. */
  readonly returnPath: string;
  /** Signs return paths of single mails; undefined: all come back to the same one. */
  readonly bounceKey: Uint8Array | undefined;
}

export type Composition = { readonly mail: SendMailOptions } | { readonly fault: 'address' | 'from' };

/** Longest subject, characters: more is cut by the programs that show it, and a header that never ends is refused by servers. */
const SUBJECT_MOST = 250;
/** Of a subject that is taken from the text. */
const FIRST_LINE_MOST = 78;
const CONTROL = /[\p{Cc}\u2028\u2029]+/gu;
const MEDIA_TYPE = /^[A-Za-z0-9][\w.+-]{0,63}\/[A-Za-z0-9][\w.+-]{0,63}$/;

function cut(text: string, most: number): string {
  const line = text.replace(CONTROL, ' ').trim();
  const letters = Array.from(line);
  return letters.length <= most ? line : `${letters.slice(0, most - 1).join('')}…`;
}

/** A mail without a subject is taken for spam: the first line of the text stands in. */
function subjectOf({ subject, text }: Order): string {
  const given = subject === undefined ? '' : cut(subject, SUBJECT_MOST);
  if (given !== '') return given;
  return cut(text.split(/\r\n?|\n/).find((line) => line.trim() !== '') ?? '', FIRST_LINE_MOST);
}

/** The sender of a task: an address of its own, or another name before the address of the group. */
function fromOf(text: string | undefined, own: Mailbox): Mailbox | undefined {
  if (text === undefined || text.trim() === '') return own;
  const mailbox = readMailbox(text);
  if (mailbox) return mailbox.name === '' ? { ...mailbox, name: own.name } : mailbox;
  const named = readMailbox(`${text.trim()} <${own.address}>`);
  return text.includes('@') ? undefined : named;
}

/** A name that is a name: no folders, nothing that breaks a line. */
const fileName = (name: string): string => cut(name.replace(/^.*[\\/]/s, ''), 128) || 'attachment';

/**
 * The mail of an order. Nothing in it is read from a file or fetched from an address: every content is given as text or bytes. The Message-ID is made of
 * the reference alone, so that a repetition carries the same (specification 4.9.5).
 */
export function composeMail(order: Order, { from: own, returnPath, bounceKey }: Sender): Composition {
  const to = normaliseEmail(order.address);
  if (to === undefined) return { fault: 'address' };
  const from = fromOf(order.from, own);
  if (from === undefined) return { fault: 'from' };
  const mail: SendMailOptions = {
    from,
    to: { name: '', address: to },
    envelope: { from: bounceKey ? bounceAddress(returnPath, String(order.attempt), bounceKey) : returnPath, to },
    subject: subjectOf(order),
    messageId: `<${order.reference}@${own.address.slice(own.address.lastIndexOf('@') + 1)}>`,
    // RFC 3834; the second is what Exchange goes by, else every absence would be told to us.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    text: plainPart(order.text, order.confirmUrl),
    html: htmlPart(order.text, order.confirmUrl),
    attachments: order.attachments.map(({ name, type, content }) => ({
      filename: fileName(name),
      contentType: MEDIA_TYPE.test(type) ? type : 'application/octet-stream',
      content: Buffer.from(content.buffer, content.byteOffset, content.byteLength),
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  // Only the head of the mail comes back, and nothing while a server is still trying (RFC 3461), where the server knows how.
  if (bounceKey) mail.dsn = { ret: 'HDRS', notify: 'FAILURE', id: order.reference };
  return { mail };
}
