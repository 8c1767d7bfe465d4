import type { Module } from '../../core/module.ts';

/** `vestnik tickets ...` (spec 8). */
export const addCommands: Module['addCommands'] = (program) => {
  program.command('tickets').description('Online Ticket');
};
