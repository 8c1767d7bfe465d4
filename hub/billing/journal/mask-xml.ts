import { HIDDEN, isSecret, isSecretWhole } from './secret-names.ts';

/** An attribute; a value that breaks off goes to the end. */
const ATTRIBUTE = /(?<![\w.:-])([A-Za-z_][\w.:-]*)(\s*=\s*)("[^"]*(?:"|$)|'[^']*(?:'|$))/g;
/** The begin of an element with its attributes. */
const OPENING = /<([A-Za-z_][\w.:-]*)((?:"[^"]*"|'[^']*'|[^"'<>])*)>/g;
const CDATA = '<![CDATA[';

const local = (name: string): string => name.slice(name.lastIndexOf(':') + 1);

/** Where the content that begins at `from` ends: before its end tag, which is none inside of CDATA. */
function endOfContent(text: string, name: string, from: number): number {
  const closing = `</${name}`;
  for (let at = from; ; ) {
    const end = text.indexOf(closing, at);
    if (end < 0) return text.length;
    const data = text.indexOf(CDATA, at);
    if (data < 0 || data > end) return end;
    const dataEnd = text.indexOf(']]>', data);
    if (dataEnd < 0) return text.length;
    at = dataEnd;
  }
}

function maskElements(text: string, about: boolean): string {
  const parts: string[] = [];
  let done = 0;
  for (const { 0: tag, 1: name = '', 2: rest = '', index } of text.matchAll(OPENING)) {
    if (index < done || rest.endsWith('/') || !isSecret(local(name), about)) continue;
    const from = index + tag.length;
    const end = endOfContent(text, name, from);
    const content = text.slice(from, end).trim();
    if (content === '') continue;
    const isLeaf = !content.includes('<') || content.startsWith(CDATA);
    if (!isLeaf && !isSecretWhole(local(name))) continue;
    parts.push(text.slice(done, from), HIDDEN);
    done = end;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(done);
}

/**
 * Hides the values of secrets in XML, attributes and elements, whole or broken off, well-formed or not; everything else stays as it came.
 * @param about the call is about passwords
 * @example maskXml('<auth user="desk" pswd="x"/>') // <auth user="desk" pswd="***"/>
 */
export function maskXml(text: string, about = false): string {
  const masked = text.replace(ATTRIBUTE, (all: string, name: string, between: string, value: string) =>
    value.length > 2 && isSecret(local(name), about) ? `${name}${between}${value[0]}${HIDDEN}${value[0]}` : all,
  );
  return maskElements(masked, about);
}
