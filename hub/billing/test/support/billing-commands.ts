import { Command } from 'commander';
import { loadConfiguration } from '../../../config.ts';
import type { CommandPorts } from '../../../core/module.ts';
import { addCommands } from '../../commands/index.ts';
import type { BillingBench } from './billing-bench.ts';

/**
 * Runs `vestnik billing ...` in this process, as the user of the system; answers what it printed.
 * @param bench asked for at each run: it is opened after the functions of a test file are made
 * @example const billing = billingCommands(() => bench); await billing(['contract', 'show', 17], 'ru')
 */
export const billingCommands =
  (bench: () => Pick<BillingBench, 'database' | 'secretKey'>) =>
  async (words: readonly (string | number)[], language: 'en' | 'ru' = 'en'): Promise<string> => {
    const printed: string[] = [];
    const program = new Command('vestnik')
      .exitOverride()
      .configureOutput({ writeOut: (text) => printed.push(text), writeErr: () => undefined });
    const { database, secretKey } = bench();
    const ports = {
      configuration: loadConfiguration({ environment: { VESTNIK_LANGUAGE: language }, cwd: '/' }),
      database,
      secretKey,
      caller: { login: 'cli:alice', rights: ['*'], face: 'cli' },
      print: (text: string) => void printed.push(`${text}\n`),
    } as unknown as CommandPorts;
    addCommands(
      program,
      (action) => action(ports),
      (en, ru) => (language === 'ru' ? ru : en),
    );
    await program.parseAsync(['billing', ...words.map(String)], { from: 'user' });
    return printed.join('');
  };
