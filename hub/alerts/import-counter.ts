import type { ImportedPerson } from './import-people.ts';

export type ImportCounts = Readonly<Record<ImportedPerson['result'], number>>;

/** Counts what becomes of rows as they come. */
export function createImportCounter(): { readonly counts: ImportCounts; add(row: Pick<ImportedPerson, 'result'>): void } {
  const counts = { added: 0, changed: 0, unchanged: 0, failed: 0 };
  return {
    counts,
    add({ result }) {
      counts[result] += 1;
    },
  };
}
