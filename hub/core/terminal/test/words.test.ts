import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { fieldsOf, pageText, type Translate, toJson, withExamples, withJson, withPage } from '../words.ts';

const english: Translate = (en) => en;
const russian: Translate = (_, ru) => ru;

/** What `--help` prints. */
function helpOf(command: Command): string {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (part) => void parts.push(part) });
  command.outputHelp();
  return parts.join('');
}

/** The options that a command reads from a line. */
function parsed(prepare: (command: Command) => Command, ...words: string[]): Record<string, unknown> {
  const command = new Command('list').exitOverride().configureOutput({ writeErr: () => undefined });
  return prepare(command).parse(words, { from: 'user' }).opts();
}

describe('examples', () => {
  const trains = (): Command => new Command('vestnik').command('trains');

  test('stand under the help, each with the program and the module before it', () => {
    const add = trains().command('car').command('add <name>');
    withExamples(add, english, 'car add dining', 'car add "sleeping car"');
    expect(helpOf(add)).toMatch(/\nExamples:\n {2}vestnik trains car add dining\n {2}vestnik trains car add "sleeping car"\n$/);
  });

  test('in the language of the command line', () => {
    expect(helpOf(withExamples(trains().command('list'), russian, 'list'))).toContain('\nПримеры:\n  vestnik trains list\n');
  });

  test('are right too for a command that was put into its place later', () => {
    const list = withExamples(new Command('list'), english, 'list');
    trains().addCommand(list);
    expect(helpOf(list)).toContain('  vestnik trains list\n');
  });
});

describe('options', () => {
  test('--json', () => {
    const prepare = (command: Command): Command => withJson(command, english);
    expect(parsed(prepare)).toEqual({});
    expect(parsed(prepare, '--json')).toEqual({ json: true });
  });

  test('--limit and --after of a page; a limit that no list takes is a wrong command line', () => {
    const prepare = (command: Command): Command => withPage(command, english);
    expect(parsed(prepare)).toEqual({});
    expect(parsed(prepare, '--limit', '7', '--after', 'djEuNQ', '--json')).toEqual({ limit: 7, after: 'djEuNQ', json: true });
    for (const limit of ['0', '1001', 'all'])
      expect(() => parsed(prepare, '--limit', limit), limit).toThrow('a whole number from 1 to 1000.');
  });

  test('become fields of REST; what was not given is not there', () => {
    const names = { name: 'Name', outerId: 'OuterId', active: 'active', parent: 'id_Parent' };
    expect(fieldsOf({ outerId: 'A-17', active: false, parent: null, json: true }, names)).toEqual({
      OuterId: 'A-17',
      active: false,
      id_Parent: null,
    });
    expect(fieldsOf({ name: undefined }, names)).toEqual({});
  });
});

test('a page as text tells how to go on, the last one does not', () => {
  expect(pageText('ID\n1', 'djEuMQ', english)).toBe('ID\n1\nmore with --after djEuMQ');
  expect(pageText('ID\n1', 'djEuMQ', russian)).toBe('ID\n1\nдальше: --after djEuMQ');
  expect(pageText('ID\n1', null, english)).toBe('ID\n1');
});

test('JSON for people: two spaces, times as RFC 3339', () => {
  expect(toJson({ at: Temporal.Instant.from('2026-11-22T09:30:00Z'), items: [1] })).toBe(
    '{\n  "at": "2026-11-22T09:30:00Z",\n  "items": [\n    1\n  ]\n}',
  );
});
