import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventValue, isFault, parseTemplate, type Template } from '../placeholders.ts';

const VALUES: Readonly<Record<string, string>> = { name: 'Иванов {task}', rank: '', task: 'Пожар', code: '4711' };

function parsed(text: string): Template {
  const template = parseTemplate(text);
  if (isFault(template)) throw new Error(template.what);
  return template;
}
const render = (text: string): string => parsed(text).render((name) => VALUES[name]);

test.each([
  ['Внимание, {name}!', 'Внимание, Иванов {task}!'],
  ['{task}{code}', 'Пожар4711'],
  ['{{name}', '{name}'],
  ['a } b', 'a } b'],
  ['товарищ {rank} {name}', 'товарищ Иванов {task}'],
  ['{rank} {task}', 'Пожар'],
  ['два  пробела {task}', 'два  пробела Пожар'],
  ['{event.order.number}.', '.'],
  ['', ''],
])('%j becomes %j', (text, rendered) => {
  expect(render(text)).toBe(rendered);
});

test.each([
  ['{nam}', 1, 'nam'],
  ['a {', 3, 'not closed'],
  ['{}', 1, 'not known'],
  ['{ name}', 1, 'not known'],
  ['{event}', 1, 'not known'],
  ['{event.a..b}', 1, 'not known'],
])('%j is refused at its place', (text, at, what) => {
  const fault = parseTemplate(text);
  expect(isFault(fault) && fault.at).toBe(at);
  expect(isFault(fault) && fault.what).toContain(what);
});

test('names are told once each', () => {
  expect(parsed('{name} {task} {name}').names).toEqual(['name', 'task']);
});

test('what stands in an event is text; the rest is nothing', () => {
  const data = { order: { number: 17, lines: [1], paid: false }, note: 'x' };
  expect(eventValue(data, 'order.number')).toBe('17');
  expect(eventValue(data, 'order.paid')).toBe('false');
  expect(eventValue(data, 'order.lines')).toBeUndefined();
  expect(eventValue(data, 'order.missing.deep')).toBeUndefined();
  expect(eventValue(data, 'constructor.name')).toBeUndefined();
  expect(eventValue(null, 'note')).toBeUndefined();
});

test('a text without braces stays as it is, and doubled braces give any text back', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parsed(text.replaceAll('{', '{{')).render(() => 'x')).toBe(text);
    }),
  );
});

test('any text is parsed or refused, never more', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'name', ' ', 'event.', 'a') }), (text) => {
      const template = parseTemplate(text);
      if (isFault(template)) expect(template.at).toBeGreaterThan(0);
      else expect(typeof template.render(() => '{name}')).toBe('string');
    }),
  );
});
