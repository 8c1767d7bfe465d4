import { cleanText } from './scalars.ts';

/** Texts inside XML: what it forbids is left out, what means something to it is escaped. */
const SPECIAL = /[<>&"\t\n\r]/;
const SPECIALS = /[<>&"\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};
const IN_CONTENT = /[<>&\r]/;
const ALL_IN_CONTENT = /[<>&\r]/g;
const escaped = (found: string): string => ESCAPES[found] ?? found;

/** Between double quotes. */
export function attributeText(text: string): string {
  const clean = cleanText(text);
  return SPECIAL.test(clean) ? clean.replace(SPECIALS, escaped) : clean;
}

/** Between tags. */
export function contentText(text: string): string {
  const clean = cleanText(text);
  return IN_CONTENT.test(clean) ? clean.replace(ALL_IN_CONTENT, escaped) : clean;
}
