import type { Bilingual } from './finding.ts';

/** What the parser says, in our words and both languages; the key is a part of its message. */
const EXPLANATIONS: readonly (readonly [string, Bilingual])[] = [
  ['unexpected close tag', { en: 'an end tag does not match the open element', ru: 'закрывающий тег не соответствует открытому элементу' }],
  ['unmatched closing tag', { en: 'an end tag without a start tag', ru: 'закрывающий тег без открывающего' }],
  ['in closing tag', { en: 'a character that cannot stand in an end tag', ru: 'недопустимый символ в закрывающем теге' }],
  ['weird empty close tag', { en: 'an end tag without a name', ru: 'закрывающий тег без имени' }],
  ['in tag name', { en: 'a < that begins no tag', ru: 'символ <, с которого не начинается тег' }],
  ['in attribute name', { en: 'a character that cannot stand in the name of an attribute', ru: 'недопустимый символ в имени атрибута' }],
  ['duplicate attribute', { en: 'an attribute occurs twice in one element', ru: 'атрибут повторяется в одном элементе' }],
  ['attribute without value', { en: 'an attribute without a value', ru: 'атрибут без значения' }],
  ['unquoted attribute value', { en: 'the value of an attribute is not in quotes', ru: 'значение атрибута не в кавычках' }],
  ['no whitespace between attributes', { en: 'no space between two attributes', ru: 'нет пробела между атрибутами' }],
  ['forward-slash in opening tag', { en: 'a / inside of a tag', ru: 'символ / внутри тега' }],
  ['malformed comment', { en: 'two hyphens inside of a comment', ru: 'два дефиса внутри комментария' }],
  ['text data outside of root', { en: 'text outside of the root element', ru: 'текст вне корневого элемента' }],
  [']]>', { en: 'the characters ]]> in a text', ru: 'символы ]]> в тексте' }],
  ['processing instruction', { en: 'a malformed processing instruction', ru: 'неверная инструкция обработки' }],
  ['XML declaration', { en: 'a malformed XML declaration', ru: 'неверное объявление XML' }],
  ['version', { en: 'an XML declaration without a valid version', ru: 'объявление XML без верной версии' }],
  ['encoding value', { en: 'a malformed encoding name in the XML declaration', ru: 'неверное имя кодировки в объявлении XML' }],
  ['standalone', { en: 'a malformed standalone value in the XML declaration', ru: 'неверное значение standalone в объявлении XML' }],
  ['name/value pair', { en: 'a malformed XML declaration', ru: 'неверное объявление XML' }],
  ['must be quoted', { en: 'a value of the XML declaration is not in quotes', ru: 'значение в объявлении XML не в кавычках' }],
  ['incorrect syntax', { en: 'a <! that begins neither a comment nor CDATA', ru: 'за <! не следует ни комментарий, ни CDATA' }],
  ['disallowed character', { en: 'a character that XML does not allow here', ru: 'символ, недопустимый здесь в XML' }],
];

/** Explains a message of the parser; one that is not in the table stands for itself. */
export function explainXmlFault(message: string): Bilingual {
  return EXPLANATIONS.find(([part]) => message.includes(part))?.[1] ?? { en: message, ru: message };
}
