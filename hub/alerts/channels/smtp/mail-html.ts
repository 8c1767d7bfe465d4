import { escapeHtml } from '../../html-text.ts';

/** Whether words around a text are to be Russian: the language of the message is that of its letters. */
const isRussian = (text: string): boolean => /[А-Яа-яЁё]/.test(text);

interface Words {
  readonly language: string;
  readonly button: string;
  readonly plain: string;
}
const RUSSIAN: Words = { language: 'ru', button: 'Подтвердить получение', plain: 'Подтвердите получение:' };
const ENGLISH: Words = { language: 'en', button: 'Confirm receipt', plain: 'Please confirm receipt:' };

const wordsFor = (text: string): Words => (isRussian(text) ? RUSSIAN : ENGLISH);

/** The plain part of a mail: the text, and below it where to confirm. */
export function plainPart(text: string, confirmUrl: string | undefined): string {
  return confirmUrl === undefined ? text : `${text}\n\n${wordsFor(text).plain}\n${confirmUrl}\n`;
}

/**
 * The HTML part of a mail: the text as it stands, its lines and blank lines kept, and a button where the receiver may confirm. Tables and styles in
 * attributes, because mail programs know nothing better; no picture, no script, nothing that is loaded.
 */
export function htmlPart(text: string, confirmUrl: string | undefined): string {
  const words = wordsFor(text);
  const paragraphs = text
    .replace(/\r\n?/g, '\n')
    .split(/\n{2,}/)
    .map((paragraph) => `<p style="margin:0 0 16px">${escapeHtml(paragraph).replaceAll('\n', '<br>')}</p>`)
    .join('');
  const url = confirmUrl === undefined ? '' : escapeHtml(confirmUrl);
  const button =
    confirmUrl === undefined
      ? ''
      : `<table role="presentation" cellpadding="0" cellspacing="0"><tr><td style="border-radius:6px;background:#1c6fd1"><a href="${url}" style="display:inline-block;padding:14px 28px;color:#ffffff;font-weight:bold;text-decoration:none">${words.button}</a></td></tr></table><p style="margin:16px 0 0;font-size:13px;color:#5c6670;word-break:break-all">${url}</p>`;
  return `<!DOCTYPE html><html lang="${words.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"></head><body style="margin:0;padding:24px;font:16px/1.5 Arial,Helvetica,sans-serif;color:#1b1f24;background:#ffffff">${paragraphs}${button}</body></html>`;
}
