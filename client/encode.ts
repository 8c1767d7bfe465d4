import { encodeWindows1251 } from '@vestnik/protocol/windows1251.ts';

/** Gives the bytes of the file for a received document. `received` is the document in UTF-8 and is returned itself where nothing changes. */
export type Encoder = (received: Buffer, xml: string) => Buffer;

export type Encoding = 'UTF-8' | 'windows-1251';

const DECLARATION = /^<\?xml(\s+version\s*=\s*(?:"[^"]*"|'[^']*'))?(?:\s+encoding\s*=\s*(?:"[^"]*"|'[^']*'))?/;

/**
 * The encoder for the `Encoding` key (spec online-ticket 7.2). For windows-1251 the declaration names the new encoding, and characters
 * that the code page does not have become numeric references.
 */
export function createEncoder(encoding: Encoding): Encoder {
  if (encoding === 'UTF-8') return (received) => received;
  return (_received, xml) => {
    const text = xml.startsWith('\ufeff') ? xml.slice(1) : xml;
    const declared = DECLARATION.test(text)
      ? text.replace(DECLARATION, (_all, version: string | undefined) => `<?xml${version ?? ' version="1.0"'} encoding="windows-1251"`)
      : `<?xml version="1.0" encoding="windows-1251"?>\n${text}`;
    return Buffer.from(encodeWindows1251(declared, (codePoint) => `&#${codePoint};`));
  };
}
