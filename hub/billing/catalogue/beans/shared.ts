import { beans } from '../bean-notation.ts';
import type { Bean } from '../descriptor.ts';

const COMMON = beans(
  'the shared schema',
  `
  id { @id: int! }
  idTitle: id { @title: string }
  period { @dateFrom: dateTime, @dateTo: dateTime }
  page { @pageCount: int!, @pageIndex: int!, @pageSize: int!, @recordCount: int!, +pageFirstRecordNumber: int }
  pair { first: any, second: any }
  keyValue { key: any, value: any }
  stringArray { item: string[] }
  searchResult { attributes: stringArray[], list: any[], page: page, period: period, sort: string[], sum: decimal }
  result { data > item as list: any[], page: page, attributes: list }
  mapHolder { data: map }
  map { entry: keyValue[] }
  list { item: any[] }
  abstract abstractTreeNode: idTitle { children > child: any[], @parentId: int! }
`,
);

/** Beans of the namespace `http://common.bitel.ru`, which every schema imports (catalogue 6); stringArray lives in one of its own. */
export const SHARED_BEANS: readonly Bean[] = COMMON.map((bean) => ({ ...bean, shared: true }));
