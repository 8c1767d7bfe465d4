import type { Command } from 'commander';
import type { Making } from '../../core/terminal/words.ts';
import { DIRECTORIES, OFFERS } from '../directories/all.ts';
import { addDirectoryNoun } from './directory-nouns.ts';
import { addModuleKindsCommand } from './module-kinds.ts';
import { addPriceCommands } from './tariff-prices.ts';

/** How an entry is added, by the name of the directory. */
const EXAMPLES: Readonly<Record<string, string>> = {
  group: '"Юрлица" --id 3',
  label: '"Должники" --parent 2',
  parameter: '"Паспорт" --kind text --position 10',
  'parameter-group': '"Физлица" --members 5,7:r,9:rw',
  'list-item': '"Север" --parameter 7',
  street: '"Садовая" --city 1',
  house: '--street 12 --house 5 --frac а --post-index 170000',
  pattern: '"Физлица" --number-mask Ф-NNNNN --mode debit --modules 1 --tariffs 3 --parameter-group 1',
  module: '"Абонплата" --kind npay --set manage=true --set lockedStatus=3',
  service: '"Интернет" --module 1',
  'service-set': '"Основные" --module 1 --services 1,2',
  'tariff-plan': '"Дом 100" --person-type person',
  'tariff-group': '"Домашние" --plans 3,4:2026-01-01..2026-12-31',
  'tariff-option': '"Турбо" --tariffs 3 --file turbo.json',
};

const exampleOf = (prefix: string, name: string): string | undefined => {
  const example = EXAMPLES[name];
  return example === undefined ? undefined : `${prefix}${name} add ${example}`;
};

/** `vestnik billing directory <which> ...`, and `vestnik billing pattern ...` and the like */
export function addDirectoryCommands(billing: Command, making: Making): void {
  const { t } = making;
  const directories = billing.command('directory').summary(t('directories that contracts refer to', 'справочники договоров'));
  for (const directory of DIRECTORIES) addDirectoryNoun(directories, directory, making, exampleOf('directory ', directory.name));
  for (const directory of OFFERS) {
    const noun = addDirectoryNoun(billing, directory, making, exampleOf('', directory.name));
    if (directory.name === 'module') addModuleKindsCommand(noun, making);
    if (directory.name === 'tariff-plan') addPriceCommands(noun, making);
  }
}
