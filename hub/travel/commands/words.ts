import { type Command, InvalidArgumentError } from 'commander';
import type { CommandPorts } from '../../core/module.ts';

/** Picks the text of the command line's language: `t('stops', 'останавливает')`. */
export type Translate = (en: string, ru: string) => string;

/** What every command of the module is made with. */
export interface Making {
  readonly t: Translate;
  readonly withPorts: (action: (ports: CommandPorts) => Promise<void>) => Promise<void>;
}

/** Adds `--json`, which prints the answer as REST gives it. */
export const withJson = (command: Command, t: Translate): Command => command.option('--json', t('print JSON', 'вывести JSON'));

/** Adds `--limit` and `--after`. */
export const withPage = (command: Command, t: Translate): Command =>
  withJson(command, t)
    .option('--limit <rows>', t('rows to print (default: 100)', 'сколько строк вывести (по умолчанию 100)'), wholeNumber(t, 1, 1_000))
    .option('--after <cursor>', t('go on after this cursor', 'продолжить после этого места'));

/** Examples under the help of a command. */
export const withExamples = (command: Command, t: Translate, ...examples: readonly string[]): Command =>
  command.addHelpText('after', `\n${t('Examples:', 'Примеры:')}\n${examples.map((example) => `  vestnik travel ${example}`).join('\n')}`);

export const toJson = (value: unknown): string => JSON.stringify(value, null, 2);

/** Reads an option or argument that is a whole number; another one is a wrong command line. */
export const wholeNumber =
  (t: Translate, least: number, most: number) =>
  (text: string): number => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(t(`a whole number from ${least} to ${most}.`, `целое число от ${least} до ${most}.`));
  };

/** An id as an argument. */
export const identifier = (t: Translate) => wholeNumber(t, 1, Number.MAX_SAFE_INTEGER);

/** The fields that were given as options, by their names in REST. */
export function fieldsOf(options: Readonly<Record<string, unknown>>, names: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([option, field]) => (options[option] === undefined ? [] : [[field, options[option]]])),
  );
}

/** A page as text: the table, and how to go on. */
export function pageText(table: string, next: string | null, t: Translate): string {
  return next === null ? table : `${table}\n${t('more with', 'дальше:')} --after ${next}`;
}
