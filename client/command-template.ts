import { resolve } from 'node:path';
import type { Text } from './messages.ts';

/** A program with its arguments as the `On_message` key gives it; `{file}` in an argument stands for the path of the stored file. */
export type CommandTemplate = { program: string; arguments: readonly string[] };

/**
 * Splits a command line at spaces. Double quotes keep spaces together; every other character, the backslash too, stands for itself. A
 * program with a separator in its name is taken from `folder`, any other is looked for by the system.
 */
export function parseCommand(text: string, folder: string): { value: CommandTemplate } | { why: Text } {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (const character of text) {
    if (character === '"') {
      quoted = !quoted;
      word ??= '';
    } else if (!quoted && (character === ' ' || character === '\t')) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== undefined) words.push(word);
  const [program, ...rest] = words;
  if (quoted) return { why: { en: 'a double quote is not closed', ru: 'не закрыта двойная кавычка' } };
  if (program === undefined || program === '') return { why: { en: 'no program is named', ru: 'не указана программа' } };
  return { value: { program: /[/\\]/.test(program) ? resolve(folder, program) : program, arguments: rest } };
}

/** The arguments for one stored file. */
export function fillArguments(template: CommandTemplate, file: string): string[] {
  return template.arguments.map((argument) => argument.replaceAll('{file}', () => file));
}
