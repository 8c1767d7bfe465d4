import type { Command } from 'commander';
import type { CommandPorts } from '../module.ts';
import { wholeNumber } from './arguments.ts';

/** Picks the text of the command line's language: `t('stops', 'останавливает')`. */
export type Translate = (en: string, ru: string) => string;

/** What every command of a module is made with. */
export interface Making {
  readonly t: Translate;
  readonly withPorts: (action: (ports: CommandPorts) => Promise<void>) => Promise<void>;
}

/** Adds `--json`, which prints the answer as REST gives it. */
export const withJson = (command: Command, t: Translate): Command => command.option('--json', t('print JSON', 'вывести JSON'));

/** Adds `--limit`, `--after` and `--json`, for a list whose cursors are those of REST; `pageText` prints its page. */
export const withPage = (command: Command, t: Translate): Command =>
  withJson(command, t)
    .option('--limit <rows>', t('rows to print (default: 100)', 'сколько строк вывести (по умолчанию 100)'), wholeNumber(t, 1, 1_000))
    .option('--after <cursor>', t('go on after this cursor', 'продолжить после этого места'));

/** A page as text: the table, and how to go on. @param next cursor of the next page; null at the end. */
export function pageText(table: string, next: string | null, t: Translate): string {
  return next === null ? table : `${table}\n${t('more with', 'дальше:')} --after ${next}`;
}

/** The program and the module that a command belongs to: `vestnik tickets`. */
function placeOf(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at; at = at.parent) names.unshift(at.name());
  return names.slice(0, 2).join(' ');
}

/**
 * Adds examples under the help of a module's command.
 * @param examples what follows the name of the module.
 * @example withExamples(add, t, 'client add agency-17 --title "Veter Travel"') // shows: vestnik tickets client add agency-17 ...
 */
export const withExamples = (command: Command, t: Translate, ...examples: readonly string[]): Command =>
  // Asked for when help is shown: by then the command has found its place, wherever it was made.
  command.addHelpText('after', () => {
    const place = placeOf(command);
    return `\n${t('Examples:', 'Примеры:')}\n${examples.map((example) => `  ${place} ${example}`).join('\n')}`;
  });

/** An answer as `--json` prints it. */
export const toJson = (value: unknown): string => JSON.stringify(value, null, 2);

/**
 * The fields that were given as options, by their names in REST.
 * @param names field by option. @example fieldsOf({ outerId: 'A-17' }, { name: 'Name', outerId: 'OuterId' }) // { OuterId: 'A-17' }
 */
export function fieldsOf(options: Readonly<Record<string, unknown>>, names: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([option, field]) => (options[option] === undefined ? [] : [[field, options[option]]])),
  );
}
