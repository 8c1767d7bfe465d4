import type { FindingSink } from './finding.ts';
import type { Slot } from './parser.ts';
import { refuse, type Scanner } from './scanner.ts';

/** `name=value&name=value`, in a form body or in a query: values take variables, names do not. */
export function scanPairs(position: 'form-value' | 'query-value', sink: FindingSink): Scanner {
  let inValue = false;
  const percent = percentWatch();
  return {
    literal: (text, offset) => {
      const strange = /[^\x21-\x7e]/.exec(text);
      if (strange) {
        sink.warning('form_literal', offset + strange.index, {
          en: `${JSON.stringify(strange[0])} is sent as it stands; receivers expect it percent-encoded`,
          ru: `${JSON.stringify(strange[0])} отправляется как есть; приёмники ожидают процентную запись`,
        });
      }
      for (const character of text) {
        if (character === '&') inValue = false;
        else if (character === '=') inValue = true;
      }
      percent.literal(text);
      return text;
    },
    slot: (slot) => {
      if (!inValue) {
        refuse(slot, sink, {
          en: `${slot.source} may stand only behind "=": write name=${slot.source}`,
          ru: `${slot.source} может стоять только после «=»: напишите имя=${slot.source}`,
        });
        return undefined;
      }
      return percent.isOpen() ? percent.refuse(slot, sink) : position;
    },
  };
}

/** Watches for `%` and `%X` at the end of a literal: a value behind them would become part of the encoded byte. */
export function percentWatch() {
  let tail = '';
  return {
    literal: (text: string): void => {
      tail = text.slice(-2);
    },
    /** To be asked at each slot; a value ends what was open. */
    isOpen: (): boolean => {
      const open = tail.endsWith('%') || (tail.length === 2 && tail.startsWith('%'));
      tail = '';
      return open;
    },
    refuse: (slot: Slot, sink: FindingSink): undefined =>
      refuse(slot, sink, {
        en: `${slot.source} stands behind an unfinished "%"; write "%25"`,
        ru: `${slot.source} стоит после незаконченной записи «%»; напишите «%25»`,
      }),
  };
}
