import type { Command } from 'commander';
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
  command.addHelpText('after', `\n${t('Examples:', 'Примеры:')}\n${examples.map((example) => `  vestnik tickets ${example}`).join('\n')}`);

export const toJson = (value: unknown): string => JSON.stringify(value, null, 2);
