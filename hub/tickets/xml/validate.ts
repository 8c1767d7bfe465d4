import { readFileSync } from 'node:fs';
import { XmlBufferInputProvider, XmlDocument, XmlError, XmlLibError, XsdValidator, xmlRegisterInputProvider } from 'libxml2-wasm';
import { presenceFaults } from './presence.ts';
import { FAMILIES, type Family, familyOf } from './vocabulary.ts';
import { schemaFileOf, TYPES_FILE } from './xsd.ts';

/**
 * Checks files of the hub against the schemas that ship with it (spec 3.7).
 *
 * created: the four schemas are compiled, about 1 MB in the memory of the WebAssembly module -> used any number of times -> disposed.
 */
export type XmlValidator = {
  /** One sentence per fault of a file whose TYPE should be `type`; empty when it is valid. Never throws on content. */
  validate(xml: Uint8Array, type: string): string[];
  /** Gives the memory of the compiled schemas back. */
  dispose(): void;
};

/** Where libxml2 finds the included file: an address of our own, so that nothing else of the process is answered from here. */
const BASE = 'vestnik-ticket-schemas/';
const FOLDER = new URL('schemas/', import.meta.url);

let registered = false;

/** The provider is process-wide in libxml2 and cannot be taken out alone, so it is put in once and kept. */
function registerTypes(): void {
  if (!registered) {
    xmlRegisterInputProvider(new XmlBufferInputProvider({ [BASE + TYPES_FILE]: readFileSync(new URL(TYPES_FILE, FOLDER)) }));
    registered = true;
  }
}

/** Throws Error when a shipped schema is missing or broken. */
export function createXmlValidator(): XmlValidator {
  registerTypes();
  const schemas = new Map<Family, XsdValidator>();
  for (const family of FAMILIES) {
    const file = schemaFileOf(family);
    const source = XmlDocument.fromBuffer(readFileSync(new URL(file, FOLDER)), { url: BASE + file });
    try {
      schemas.set(family, XsdValidator.fromDoc(source));
    } finally {
      source.dispose();
    }
  }
  return {
    validate: (xml, type) => {
      const family = familyOf(type);
      const schema = family && schemas.get(family);
      return schema === undefined ? [`no schema for the type ${type}`] : validate(xml, type, schema);
    },
    dispose: () => {
      for (const schema of schemas.values()) {
        schema.dispose();
      }
      schemas.clear();
    },
  };
}

function validate(xml: Uint8Array, type: string, schema: XsdValidator): string[] {
  let document: XmlDocument | undefined;
  try {
    document = XmlDocument.fromBuffer(xml);
    const { root } = document;
    schema.validate(document);
    return presenceFaults(type, (element) => root.get(`TICKET/${element}`)?.content);
  } catch (error) {
    if (error instanceof XmlLibError && error.details.length > 0) {
      return error.details.map(({ line, message }) => `line ${line}: ${message.trim()}`);
    }
    if (error instanceof XmlError) {
      return [error.message];
    }
    throw error;
  } finally {
    document?.dispose();
  }
}
