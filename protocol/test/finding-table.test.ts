import { describe, expect, test } from 'vitest';
import { findingText } from '../reader/finding.ts';
import { FINDING_TABLE, type FindingCode } from '../reader/finding-table.ts';
import { codes, readText } from './reading.ts';

const CODES = Object.keys(FINDING_TABLE) as FindingCode[];

describe('the table of findings', () => {
  test.each(CODES)('%s says the same in both languages', (code) => {
    const { en, ru } = FINDING_TABLE[code];
    const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();
    expect(placeholders(ru)).toEqual(placeholders(en));
    expect(ru).toMatch(/[а-яё]/);
    expect(en).not.toMatch(/[а-яё]/);
  });

  test('values are put in, also such as look like placeholders', () => {
    expect(findingText({ code: 'MISSING', args: { name: '{name}' } }, 'en')).toBe('{name} is missing');
    expect(findingText({ code: 'MISSING', args: { name: '$&' } }, 'ru')).toBe('нет элемента $&');
  });
});

describe('faults of XML are explained in both languages', () => {
  test.each([
    ['<A></B>', 'an end tag does not match', 'закрывающий тег не соответствует'],
    ['<A><!-- a -- b --></A>', 'two hyphens inside', 'два дефиса'],
    ['<A b=c/>', 'not in quotes', 'не в кавычках'],
    ['<A b="1"c="2"/>', 'no space between', 'нет пробела'],
    ['<A b="1" b="2"/>', 'occurs twice', 'повторяется'],
    ['<A b c="1"/>', 'without a value', 'без значения'],
    ['<A>]]></A>', ']]>', ']]>'],
    ['<A>\u0001</A>', 'does not allow here', 'недопустимый здесь'],
    ['<A>1 < 2</A>', 'begins no tag', 'не начинается тег'],
    ['<A><!XXXXXXX></A>', 'neither a comment nor CDATA', 'ни комментарий, ни CDATA'],
    ['<?xml version="2.0"?><A/>', 'valid version', 'верной версии'],
    ['<?xml version="1.0" encoding="1x"?><A/>', 'encoding name', 'имя кодировки'],
    ['<?xml version="1.0" standalone="x"?><A/>', 'standalone', 'standalone'],
    ['<A></></A>', 'without a name', 'без имени'],
  ])('%j', (text, english, russian) => {
    const result = readText(text);
    expect(codes(result)).toContain('error MALFORMED');
    const fault = result.findings.find((finding) => finding.code === 'MALFORMED') ?? expect.fail();
    expect(findingText(fault, 'en')).toContain(english);
    expect(findingText(fault, 'ru')).toContain(russian);
  });
});
