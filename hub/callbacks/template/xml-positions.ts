import { type Charset, characterReference, isEncodable } from './charset.ts';
import { CDATA_SEAM } from './escapes.ts';
import type { FindingSink, Sentence } from './finding.ts';
import { refuse, type Scanner } from './scanner.ts';

/**
 * Where values stand in an XML template. States, each going over to the next by the literals alone:
 *   text ──<──> tag ──> name ──"──> attribute ──"──> tag ──>──> text      (`</`, `<?`, `<!--`, `<![CDATA[`, other `<!` from text, and back)
 * It follows well-formed text; what is not well-formed is found afterwards, when the samples are parsed.
 */
type State = 'text' | 'tag' | 'attribute' | 'close' | 'instruction' | 'comment' | 'cdata' | 'declaration';

const PLACES: Readonly<Record<Exclude<State, 'text' | 'attribute' | 'cdata'>, Sentence>> = {
  tag: { en: 'the name of an element or attribute', ru: 'имени элемента или атрибута' },
  close: { en: 'the name of an element', ru: 'имени элемента' },
  instruction: { en: 'a processing instruction', ru: 'инструкции обработки' },
  comment: { en: 'a comment', ru: 'комментария' },
  declaration: { en: 'a declaration', ru: 'объявления' },
};

const NAME_CHARACTER = /[\p{L}\p{N}_:.#-]/u;
const NAME_PART = /[\p{L}\p{N}_:.-]/u;

export function scanXml(charset: Charset, sink: FindingSink): Scanner {
  let state: State = 'text';
  let quote = '';
  /** The name under way or just read in a tag: of the element, then of each attribute. */
  let name = '';
  let nameEnded = true;
  let isNamespace = false;
  let depth = 0;
  let selfClosing = false;
  /** Behind `&`, before its `;`. */
  let inReference = false;
  let afterSlot = false;

  const literal = (text: string, offset: number): string => {
    const out = output(text);
    // `]]` + value + `>`: were the value empty, the three would come together, which ends a CDATA section and may not stand in text.
    const bracket = afterSlot ? /^\]?(?=>)/.exec(text)?.[0].length : undefined;
    if (bracket !== undefined && state === 'text') out.replace(bracket, bracket + 1, '&gt;');
    if (bracket !== undefined && state === 'cdata') out.replace(bracket, bracket, CDATA_SEAM);
    afterSlot = false;

    for (let at = 0; at < text.length; at++) {
      const character = text[at]!;
      if (charset !== 'utf-8' && character >= '\u0080') at += keepEncodable(text, at, offset, out);
      else at += step(text, at, offset);
    }
    return out.text();
  };

  /** Takes one character. @returns how many more it has taken. */
  const step = (text: string, at: number, offset: number): number => {
    const character = text[at]!;
    switch (state) {
      case 'text':
        inReference = character === '&' || (inReference && NAME_CHARACTER.test(character));
        return character === '<' ? open(text, at, offset) : 0;
      case 'tag':
        return inTag(character);
      case 'attribute':
        inReference = character === '&' || (inReference && NAME_CHARACTER.test(character));
        if (character === quote) {
          state = 'tag';
          inReference = false;
        }
        return 0;
      case 'close':
      case 'declaration':
        if (character === '>') {
          if (state === 'close') depth -= 1;
          state = 'text';
        }
        return 0;
      case 'instruction':
        return endAt('?>', text, at);
      case 'comment':
        return endAt('-->', text, at);
      case 'cdata':
        return endAt(']]>', text, at);
    }
  };

  const open = (text: string, at: number, offset: number): number => {
    inReference = false;
    if (text.startsWith('<!--', at)) state = 'comment';
    else if (text.startsWith('<![CDATA[', at)) state = 'cdata';
    else if (text[at + 1] === '?') state = 'instruction';
    else if (text[at + 1] === '/') state = 'close';
    else if (text[at + 1] === '!') {
      state = 'declaration';
      sink.error('template_xml', offset + at, {
        en: 'a DOCTYPE or another declaration may not stand in a message',
        ru: 'DOCTYPE и другие объявления в сообщении недопустимы',
      });
    } else {
      state = 'tag';
      name = '';
      nameEnded = false;
      selfClosing = false;
    }
    return state === 'comment'
      ? 3
      : state === 'cdata'
        ? 8
        : state === 'instruction' || state === 'close' || state === 'declaration'
          ? 1
          : 0;
  };

  const inTag = (character: string): number => {
    if (character === '>') {
      if (!selfClosing) depth += 1;
      state = 'text';
    } else if (character === '"' || character === "'") {
      state = 'attribute';
      quote = character;
      isNamespace = name === 'xmlns' || name.startsWith('xmlns:');
      nameEnded = true;
    } else if (NAME_PART.test(character)) {
      name = nameEnded ? character : name + character;
      nameEnded = false;
    } else nameEnded = true;
    selfClosing = character === '/';
    return 0;
  };

  const endAt = (end: string, text: string, at: number): number => {
    if (!text.startsWith(end, at)) return 0;
    state = 'text';
    return end.length - 1;
  };

  const keepEncodable = (text: string, at: number, offset: number, out: Output): number => {
    const codePoint = text.codePointAt(at)!;
    const character = String.fromCodePoint(codePoint);
    if (!isEncodable(character, charset)) {
      const reference = characterReference(codePoint);
      if (state === 'text' || state === 'attribute') out.replace(at, at + character.length, reference);
      else if (state === 'cdata') out.replace(at, at + character.length, `]]>${reference}<![CDATA[`);
      else {
        sink.error('charset', offset + at, {
          en: `"${character}" cannot be written in windows-1251 here`,
          ru: `здесь нельзя записать «${character}» в кодировке windows-1251`,
        });
      }
    }
    step(text, at, offset);
    return character.length - 1;
  };

  return {
    literal,
    slot: (slot) => {
      afterSlot = true;
      const { source } = slot;
      if (state !== 'text' && state !== 'attribute' && state !== 'cdata') {
        const where = PLACES[state];
        refuse(slot, sink, { en: `${source} may not stand in ${where.en}`, ru: `${source} не может стоять внутри ${where.ru}` });
        return undefined;
      }
      if (state !== 'cdata' && inReference) {
        refuse(slot, sink, {
          en: `${source} stands in a reference that "&" begins; write "&amp;"`,
          ru: `${source} стоит внутри ссылки, которую начал знак «&»; напишите «&amp;»`,
        });
        return undefined;
      }
      if (state === 'attribute' && isNamespace) {
        refuse(slot, sink, { en: `${source} may not stand in a namespace`, ru: `${source} не может стоять в пространстве имён` });
        return undefined;
      }
      if (state === 'text' && depth <= 0 && slot.variable.kind !== 'fragment') {
        refuse(slot, sink, {
          en: `${source} stands outside the root element`,
          ru: `${source} стоит вне корневого элемента`,
        });
        return undefined;
      }
      return state === 'text' ? 'xml-text' : state === 'cdata' ? 'xml-cdata' : 'xml-attribute';
    },
  };
}

interface Output {
  /** Ranges are given from left to right. */
  replace(from: number, to: number, instead: string): void;
  text(): string;
}

function output(text: string): Output {
  let done = '';
  let from = 0;
  return {
    replace: (begin, end, instead) => {
      done += text.slice(from, begin) + instead;
      from = end;
    },
    text: () => (from === 0 && done === '' ? text : done + text.slice(from)),
  };
}
