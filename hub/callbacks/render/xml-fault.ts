import { SaxesParser } from 'saxes';

class FirstFault extends Error {}

/**
 * Where a text stops being a well-formed XML document, and why; undefined when it is one. Entities of its own are not expanded.
 * @param xmlns prefixes must have namespaces.
 */
export function findXmlFault(text: string, xmlns: boolean): { readonly offset: number; readonly message: string } | undefined {
  const parser = new SaxesParser({ xmlns });
  let fault: { offset: number; message: string } | undefined;
  parser.on('error', (error) => {
    // "1:9: the string ..." counts from where the parser began, which is not what people have before their eyes.
    const message = error.message.replace(/^(undefined:)?\d+:\d+: /, '').replace(/\.$/, '');
    fault = { offset: Math.max(0, parser.position - 1), message };
    throw new FirstFault();
  });
  try {
    parser.write(text).close();
  } catch (error) {
    if (!(error instanceof FirstFault)) throw error;
  }
  return fault;
}
