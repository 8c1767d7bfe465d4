import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from './findings.ts';
import { importsOf } from './imports.ts';

/** Reads the given source files (paths from the root) with their imports. @throws SyntaxError that names the file. */
export function readSources(root: string, paths: readonly string[]): SourceFile[] {
  return paths.map((path) => {
    try {
      return { path, imports: importsOf(path, readFileSync(join(root, path), 'utf8')) };
    } catch (cause) {
      throw new SyntaxError(`${path} cannot be read as a program: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  });
}
