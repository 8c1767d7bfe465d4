import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementsToHide, maskPersonal, valuesIn } from '../mask-personal.ts';

const ALL = ['names', 'birth_date', 'documents', 'contacts', 'mile_cards'] as const;
const PERSON = elementsToHide('Person', ALL, []);
const F = '<Person><id_Person>5</id_Person><LastName>Иванов &amp; Co</LastName><FirstName /><BirthDate>1980-01-02</BirthDate></Person>';
const xml = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

describe('elements to hide', () => {
  test('go by kind and class, and what only the event knows is always among them', () => {
    expect(elementsToHide('Person', ['birth_date'], [])).toEqual(['BirthDate']);
    expect(elementsToHide('Document', ['documents'], ['Number', 'Seal'])).toEqual(['Number', 'IssueDate', 'ExpiryDate', 'Seal']);
    expect(elementsToHide('Contact', [], ['Content'])).toEqual([]);
    expect(elementsToHide('SimpleMetaCode', ALL, [])).toEqual([]);
  });
});

describe('a fragment in a body', () => {
  test.each([
    ['as it is', (f: string) => `<Change>${f}</Change>`],
    ['escaped as text', (f: string) => `<a>${xml(f)}</a>`],
    ['escaped twice', (f: string) => `<a v="${xml(xml(f))}"/>`],
    ['in CDATA', (f: string) => `<![CDATA[${f}]]>`],
    ['in JSON', (f: string) => JSON.stringify({ after: f })],
    ['in a form', (f: string) => new URLSearchParams({ d: f }).toString()],
    ['in percents, twice', (f: string) => encodeURIComponent(encodeURIComponent(f))],
    ['in base64', (f: string) => `x: ${Buffer.from(f).toString('base64')}!`],
    ['in base64 after other letters of it', (f: string) => `abc${Buffer.from(f).toString('base64url')}`],
    ['in capitals', (f: string) => f.toUpperCase()],
  ])('%s: its names and dates are hidden, its ids are not', (name, put) => {
    const hidden = maskPersonal(put(F), PERSON, []);
    for (const word of ['Иванов', 'ИВАНОВ', encodeURIComponent('Иванов'), '1980-01-02']) expect(hidden).not.toContain(word);
    expect(Buffer.from(hidden.replace(/^.*?([A-Za-z0-9_-]{40,}).*$/, '$1'), 'base64').toString()).not.toContain('Иванов');
    expect(hidden).toContain('***');
    if (!name.includes('base64')) expect(hidden).toContain('5');
  });

  test('cut off in the middle, what is left of the value is hidden', () => {
    expect(maskPersonal('<a><Person><LastName>Ива', PERSON, [])).toBe('<a><Person><LastName>***');
  });

  test('an empty element stays empty, and a longer name is another one', () => {
    expect(maskPersonal('<LastName></LastName><LastNames>x</LastNames><Number>1</Number>', PERSON, [])).toBe(
      '<LastName></LastName><LastNames>x</LastNames><Number>1</Number>',
    );
  });

  test('whatever a value is, raw and escaped it does not show', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 6 }), (value) => {
        const fragment = `<Contact><Content>${xml(value)}</Content></Contact>`;
        for (const body of [fragment, xml(fragment), JSON.stringify(fragment)])
          expect(maskPersonal(body, ['Content'], [])).toMatch(/Content(>|&gt;)\*\*\*/);
        expect(valuesIn(fragment, ['Content'])).toEqual([value]);
      }),
    );
  });

  test('a body of a megabyte made to be slow is not', () => {
    const begun = performance.now();
    for (const text of ['<LastName>', '\\', '%25', '&amp;', 'A', '<LastName>x</LastName>', '%3cLastName%3e<'])
      maskPersonal(text.repeat(Math.ceil(1_000_000 / text.length)), PERSON, ['Иванов']);
    expect(performance.now() - begun).toBeLessThan(8_000);
  });
});

test('known values are hidden wherever they stand, however they are spelled', () => {
  const url = `https://a.ru/?n=${encodeURIComponent('О’Нил & Ко')}&m=x`;
  expect(maskPersonal(url, [], ['О’Нил & Ко'])).toBe('https://a.ru/?n=***&m=x');
  expect(maskPersonal('<n>о’нил &amp; ко</n>', [], ['О’Нил & Ко'])).toBe('<n>***</n>');
  expect(maskPersonal('Ли', [], ['Ли'])).toBe('Ли');
});
