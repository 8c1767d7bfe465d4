import type { XmlAttributes, XmlOut } from '../../catalogue/descriptor.ts';
import { attributeText, contentText } from '../xml-text.ts';

/** The answer of an XML action in the making. */
export interface XmlWriter extends XmlOut {
  /** `<data status="ok">...</data>` */
  document(): string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** @throws RangeError when a name could break out of its place: names are ours, never a caller's. */
function attributesText(attributes: XmlAttributes): string {
  let text = '';
  for (const name in attributes) {
    const value = attributes[name];
    if (value === null || value === undefined) continue;
    if (!NAME.test(name)) throw new RangeError(`${JSON.stringify(name)} is no name of an attribute`);
    text += ` ${name}="${value === true ? '1' : value === false ? '0' : typeof value === 'string' ? attributeText(value) : value}"`;
  }
  return text;
}

export function createXmlWriter(): XmlWriter {
  let root: XmlAttributes = {};
  let status = 'ok';
  let body = '';
  const out: XmlWriter = {
    root(attributes) {
      root = { ...root, ...attributes };
    },
    message(text) {
      status = 'message';
      body = contentText(text);
    },
    element(name, attributes = {}, inside) {
      if (!NAME.test(name)) throw new RangeError(`${JSON.stringify(name)} is no name of an element`);
      const open = `<${name}${attributesText(attributes)}`;
      if (inside === undefined) {
        body += `${open}/>`;
        return;
      }
      body += `${open}>`;
      if (typeof inside === 'string') body += contentText(inside);
      else inside(out);
      body += `</${name}>`;
    },
    items(name, items) {
      out.element(name, {}, () => {
        for (const { id, title } of items) out.element('item', { id, title });
      });
    },
    table(rows, attributes = {}, name = 'table') {
      out.element(name, attributes, () =>
        out.element('data', {}, () => {
          for (const row of rows) out.element('row', row);
        }),
      );
    },
    document: () => `<data${attributesText(root)} status="${status}">${body}</data>`,
  };
  return out;
}
