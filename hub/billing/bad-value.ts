import { HubError } from '../core/errors.ts';

/** A parameter that cannot be meant so (spec 10.2). @param parameter its name, which the caller is told */
export const badValue = (parameter: string, why: string, russian: string): HubError =>
  new HubError('BAD_REQUEST', `${parameter}: ${why}`, { reason: parameter, russian: `${parameter}: ${russian}` });

/** What can neither be typed nor shown on a line: control characters, halves of pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;
/** In a text of several lines: the same without line ends and tabs. */
const UNPRINTABLE_IN_TEXT = /[^\P{Cc}\n\r\t]|\p{Cs}/u;

/**
 * A line of text, without spaces around it.
 * @param most characters
 * @throws HubError BAD_REQUEST, reason: the name of the parameter
 */
export function checkLine(parameter: string, text: string, most: number): string {
  const line = text.trim();
  if (line.length > most) throw badValue(parameter, `${line.length} characters are more than ${most}`, `длиннее ${most} знаков`);
  if (UNPRINTABLE.test(line)) throw badValue(parameter, 'control characters are not taken', 'недопустимые управляющие символы');
  return line;
}

/** A title that must not be empty. @throws HubError BAD_REQUEST, reason: `title` */
export function requireTitle(text: string, most: number): string {
  const title = checkLine('title', text, most);
  if (title === '') throw badValue('title', 'a title is needed', 'не указано название');
  return title;
}

/** A text of several lines. @throws HubError BAD_REQUEST, reason: the name of the parameter */
export function checkText(parameter: string, text: string, most: number): string {
  if (text.length > most) throw badValue(parameter, `${text.length} characters are more than ${most}`, `длиннее ${most} знаков`);
  if (UNPRINTABLE_IN_TEXT.test(text)) throw badValue(parameter, 'control characters are not taken', 'недопустимые управляющие символы');
  return text;
}
