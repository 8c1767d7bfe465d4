import { Command } from 'commander';
import { loadConfiguration } from '../../../config.ts';
import type { AddCommands, CommandPorts } from '../../module.ts';

/**
 * Runs `vestnik <module> ...` in this process, as the user of the system; answers what it printed.
 * @param ports asked for at each run: a bench is opened after the functions of a test file are made
 * @example const billing = moduleCommands('billing', addCommands, () => bench); await billing(['contract', 'show', 17], 'ru')
 */
export const moduleCommands =
  (module: string, addCommands: AddCommands, ports: () => Partial<CommandPorts>) =>
  async (words: readonly (string | number)[], language: 'en' | 'ru' = 'en'): Promise<string> => {
    const printed: string[] = [];
    const program = new Command('vestnik')
      .exitOverride()
      .configureOutput({ writeOut: (text) => printed.push(text), writeErr: () => undefined });
    const given = {
      configuration: loadConfiguration({ environment: { VESTNIK_LANGUAGE: language }, cwd: '/' }),
      caller: { login: 'cli:alice', rights: ['*'], face: 'cli', address: undefined, requestId: undefined },
      print: (text: string) => void printed.push(`${text}\n`),
      ...ports(),
    } as CommandPorts;
    addCommands(
      program.command(module),
      (action) => action(given),
      (en, ru) => (language === 'ru' ? ru : en),
    );
    await program.parseAsync([module, ...words.map(String)], { from: 'user' });
    return printed.join('');
  };
