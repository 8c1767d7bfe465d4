import type { FindingSink } from './finding.ts';
import { percentWatch } from './pair-positions.ts';
import { refuse, type Scanner } from './scanner.ts';

export interface UrlOutcome {
  /** `https://host:port` as written; undefined when the address begins otherwise. A value can stand behind it only. */
  readonly prefix: string | undefined;
  readonly hasQuery: boolean;
  readonly hasFragment: boolean;
}

export interface UrlScanner extends Scanner {
  /** After the last part: what the literals have said. */
  outcome(): UrlOutcome;
}

const PREFIX = /^https?:\/\/[^/?#\\\s]+$/i;
/** White space, control characters and the backslash: parsers repair them in silence, each in its own way. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const FORBIDDEN = /[\u0000-\u0020\u007f-\u00a0\u2028\u2029\ufeff\\]/;

/** Where values stand in an address: path segments and query values; nowhere in scheme, user, host, port, query names or fragment (spec 5.5). */
export function scanUrl(sink: FindingSink): UrlScanner {
  let state: 'prefix' | 'path' | 'name' | 'value' | 'fragment' = 'prefix';
  let prefix = '';
  let query = false;
  const percent = percentWatch();

  const step = (character: string): void => {
    if (state === 'fragment') return;
    if (character === '#') state = 'fragment';
    else if (state === 'prefix') {
      if (character === '?') state = 'name';
      else if (character === '/' && prefix.includes('//') && !prefix.endsWith('/')) state = 'path';
      else prefix += character;
    } else if (state === 'path') {
      if (character === '?') state = 'name';
    } else if (character === '&') state = 'name';
    else if (character === '=') state = 'value';
    query ||= state === 'name';
  };

  return {
    literal: (text, offset) => {
      const strange = FORBIDDEN.exec(text);
      if (strange) {
        sink.error('url', offset + strange.index, {
          en: `${JSON.stringify(strange[0])} may not stand in an address; write it percent-encoded`,
          ru: `${JSON.stringify(strange[0])} не может стоять в адресе; используйте процентную запись`,
        });
      }
      for (const character of text) step(character);
      percent.literal(text);
      return text;
    },
    slot: (slot) => {
      const { source } = slot;
      const open = percent.isOpen();
      if (state === 'path' || state === 'value') {
        if (open) return percent.refuse(slot, sink);
        return state === 'path' ? 'path-segment' : 'query-value';
      }
      if (state === 'prefix') {
        refuse(slot, sink, {
          en: `${source} may not stand in scheme, user, host or port of the address: they are fixed`,
          ru: `${source} не может стоять в схеме, пользователе, узле или порту адреса: они постоянны`,
        });
      } else if (state === 'name') {
        refuse(slot, sink, {
          en: `${source} may stand in a query only behind "=": write name=${source}`,
          ru: `${source} в строке запроса может стоять только после «=»: напишите имя=${source}`,
        });
      } else {
        refuse(slot, sink, {
          en: `${source} stands behind "#", and that part of an address is never sent`,
          ru: `${source} стоит после «#», а эта часть адреса не отправляется`,
        });
      }
      return undefined;
    },
    outcome: () => ({ prefix: PREFIX.test(prefix) ? prefix : undefined, hasQuery: query, hasFragment: state === 'fragment' }),
  };
}
