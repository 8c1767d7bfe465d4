import { type Charset, isEncodable, jsonEscape } from './charset.ts';
import type { FindingSink } from './finding.ts';
import type { Slot } from './parser.ts';
import { refuse, type Scanner } from './scanner.ts';

/**
 * Where values stand in a JSON template:
 *   outside ──"──> string ──"──> outside
 * Outside, a value is a whole literal, so what it touches must be white space or punctuation. Whether the template is JSON otherwise is found
 * afterwards, when the samples are parsed.
 */
export function scanJson(charset: Charset, sink: FindingSink): Scanner {
  let inString = false;
  /** In a string: behind `\`, and how many hexadecimal digits of `\u` are still to come. */
  let escaped = false;
  let digits = 0;
  /** Outside: what stands right before. */
  let touches: 'nothing' | 'literal' | 'value' = 'nothing';
  let last: Slot | undefined;

  const refuseTouching = (slot: Slot): void => {
    refuse(slot, sink, {
      en: `${slot.source} is a whole value of JSON here and may not touch other characters; put both between quotes`,
      ru: `${slot.source} здесь целое значение JSON и не может касаться других знаков; заключите всё в кавычки`,
    });
  };

  const outside = (character: string): void => {
    if (' \t\r\n{}[],:'.includes(character)) {
      touches = 'nothing';
      return;
    }
    if (touches === 'value' && last) refuseTouching(last);
    if (character === '"') inString = true;
    touches = 'literal';
  };

  const inside = (character: string): void => {
    if (digits > 0) digits -= 1;
    else if (escaped) {
      escaped = false;
      if (character === 'u') digits = 4;
    } else if (character === '\\') escaped = true;
    else if (character === '"') inString = false;
  };

  return {
    literal: (text, offset) => {
      let out = '';
      let from = 0;
      for (let at = 0; at < text.length; at++) {
        const character = String.fromCodePoint(text.codePointAt(at)!);
        if (character >= '\u0080' && !isEncodable(character, charset)) {
          if (inString) {
            out += text.slice(from, at) + jsonEscape(character.codePointAt(0)!);
            from = at + character.length;
          } else {
            sink.error('template_json', offset + at, {
              en: `"${character}" may stand between quotes only`,
              ru: `«${character}» может стоять только в кавычках`,
            });
          }
        }
        if (inString) inside(character);
        else outside(character);
        at += character.length - 1;
      }
      return from === 0 ? text : out + text.slice(from);
    },
    slot: (slot) => {
      last = slot;
      if (inString) {
        if (!escaped && digits === 0) return 'json-string';
        refuse(slot, sink, {
          en: `${slot.source} stands behind an unfinished "\\"`,
          ru: `${slot.source} стоит после незаконченной последовательности «\\»`,
        });
        return undefined;
      }
      if (touches !== 'nothing') {
        refuseTouching(slot);
        return undefined;
      }
      touches = 'value';
      return 'json-value';
    },
  };
}
