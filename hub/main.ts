#!/usr/bin/env -S node --max-semi-space-size=64
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The hub and its command line. What is compiled is kept beside the packages, so that a command begins in half the time; where nobody may write, it is not. */
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/vestnik', import.meta.url)));
await import('./commands/run.ts');
