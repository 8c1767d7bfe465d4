import { type Command, InvalidArgumentError } from 'commander';
import type { CommandPorts } from '../../core/module.ts';

/** Picks the text of the command line's language: `t('stops', 'останавливает')`. */
export type Translate = (en: string, ru: string) => string;

/** What every command of the module is made with. */
export interface Making {
  readonly t: Translate;
  readonly withPorts: (action: (ports: CommandPorts) => Promise<void>) => Promise<void>;
}

/** `--label A --label B` gathers both. */
export const gather = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];

/** Adds `--json`, which prints the answer as REST gives it. */
export const withJson = (command: Command, t: Translate): Command => command.option('--json', t('print JSON', 'вывести JSON'));

/** Examples under the help of a command. */
export const withExamples = (command: Command, t: Translate, ...examples: readonly string[]): Command =>
  command.addHelpText(
    'after',
    `\n${t('Examples:', 'Примеры:')}\n${examples.map((example) => `  vestnik callbacks ${example}`).join('\n')}`,
  );

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
