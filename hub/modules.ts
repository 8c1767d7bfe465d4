import { billing } from './billing/index.ts';
import { callbacks } from './callbacks/index.ts';
import type { Module } from './core/module.ts';
import { tickets } from './tickets/index.ts';
import { travel } from './travel/index.ts';

/** The modules of this hub, in the order in which they are migrated and started. They never import each other. */
export const MODULES: readonly Module[] = [tickets, travel, callbacks, billing];
