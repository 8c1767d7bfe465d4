import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { DOCUMENT_TYPES, KINDS, MCO_TYPES, ROLES } from '../control/codes.ts';
import { documentSchemas } from '../control/schema.ts';
import { LAYOUTS } from '../xml/layout.ts';
import { createXmlValidator } from '../xml/validate.ts';
import { createOperationStore } from './stored-operations.ts';

const page = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8').replaceAll('\r\n', '\n');
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '');

const control = page('control-message.md');
const pages = ['tickets-xml.md', 'tickets-xml.ru.md'] as const;
const built = new Map<string, string>();

describe('docs/control-message.md', () => {
  test('every example is accepted by the hub, one after the other', () => {
    const store = createOperationStore(Date.parse('2026-11-23T12:00:00+03:00'));
    const examples = blocks(control, 'json').map((text) => JSON.parse(text) as unknown);
    expect(examples.length).toBeGreaterThanOrEqual(5);
    for (const example of examples) {
      for (const { type, xml } of store.take(example).built) {
        built.set(xml.toString('utf8'), type);
      }
    }
    expect(built.size).toBe(10);
  });

  test.each([...KINDS, ...ROLES, ...DOCUMENT_TYPES, ...MCO_TYPES])('names %s', (word) => {
    expect(control).toContain(word);
  });

  test.each(Object.entries(documentSchemas))('names every field of %s', (_type, schema) => {
    for (const field of Object.keys(schema.shape)) {
      expect(control).toMatch(new RegExp(`[\`".]${field}[\`".]`));
    }
  });
});

describe.each(pages)('docs/%s', (name) => {
  const validator = createXmlValidator();
  afterAll(() => validator.dispose());
  const text = page(name);

  test('its examples are what the hub writes for those of the control message, one per family', () => {
    const examples = blocks(text, 'xml');
    expect(examples.map((example) => built.get(example))).toEqual(['ETICKET', 'AE_TICKET', 'TRAIN_TICKET', 'EINSURCAR']);
    for (const example of examples) {
      expect(validator.validate(Buffer.from(example), built.get(example) ?? '')).toEqual([]);
    }
  });

  test('names every element of every family', () => {
    const names = new Set<string>();
    const visit = (element: (typeof LAYOUTS.air)[number]): void => {
      names.add(element.name);
      if (element.kind === 'group') {
        element.children.forEach(visit);
      } else if (element.kind === 'list') {
        visit(element.repeated);
      }
    };
    for (const layout of Object.values(LAYOUTS)) {
      layout.forEach(visit);
    }
    expect(names.size).toBeGreaterThan(90);
    for (const element of names) {
      expect(text).toMatch(new RegExp(`\\b${element}\\b`));
    }
  });
});
