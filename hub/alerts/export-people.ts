import type { Database } from '../core/database/database.ts';
import { HubError } from '../core/errors.ts';
import { audit } from '../core/identity/audit.ts';
import { allows } from '../core/identity/caller.ts';
import type { Act } from './act.ts';
import { listGroups } from './list-groups.ts';
import { listPeople, type PeopleFilter } from './list-people.ts';
import { cellsOf, exportedColumns, PEOPLE_COLUMNS } from './people-table.ts';
import { writeCsv } from './reports/csv.ts';
import type { Rows } from './reports/report-table.ts';
import { writeWorkbook } from './reports/workbook.ts';

export const EXPORT_FORMATS = ['csv', 'xlsx', 'xls'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportWish extends PeopleFilter {
  readonly format: ExportFormat;
  /** The language of the titles; imports read both. */
  readonly language: 'ru' | 'en';
  readonly withPins: boolean;
  /** Told after each portion; people done. */
  readonly onPeople?: ((done: number) => void) | undefined;
}

const PORTION = 1_000;

/** Names of all groups; there are few of them. */
async function groupNames({ work }: Database): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  for (let after: string | undefined; ; ) {
    const { items, next } = await listGroups(work, { after, limit: PORTION });
    for (const { id, name } of items) names.set(id, name);
    if (next === null) return names;
    after = next;
  }
}

/**
 * People as a table that an import reads again and finds unchanged. In pieces, asked for as fast as they are taken; it is audited.
 * A workbook goes on in a second sheet behind 65,535 people, and an import reads one sheet: for more people CSV is right.
 * @throws HubError FORBIDDEN: PINs are asked for by one who may not see them
 */
export async function exportPeople(
  { database, act }: { readonly database: Database; readonly act: Act },
  { format, language, withPins, onPeople, ...filter }: ExportWish,
): Promise<AsyncGenerator<string | Uint8Array>> {
  if (withPins && !allows(act.caller, 'alerts.directory'))
    throw new HubError('FORBIDDEN', 'PINs are shown to those with the right alerts.directory');
  await database.transaction((tx) =>
    audit(tx, act.caller, { action: 'alerts.person.export', object: 'people', after: { ...filter, format, withPins } }),
  );
  const columns = exportedColumns(withPins);
  async function* pages(): AsyncGenerator<Rows> {
    const names = await groupNames(database);
    let done = 0;
    for (let after: string | undefined; ; ) {
      const { items, next } = await listPeople(database.work, act, { ...filter, after, limit: PORTION });
      yield items.map((person) => cellsOf(person, names.get(person.group_id) ?? '', columns));
      done += items.length;
      onPeople?.(done);
      if (next === null) return;
      after = next;
    }
  }
  const title = language === 'ru' ? 'Абоненты' : 'People';
  const sheet = { name: title, columns: language === 'ru' ? columns.map((column) => PEOPLE_COLUMNS[column]) : columns, pages: pages() };
  return format === 'csv' ? writeCsv(sheet) : writeWorkbook({ title, language, head: [], sheets: [sheet] }, format);
}
