import { sharedBeans } from '../bean-notation.ts';

/** Beans of the namespace `http://common.bitel.ru`, which every schema imports (catalogue 6). */
export const SHARED_BEANS = sharedBeans(`
  id { @id: int! }
  idTitle: id { @title: string }
  period { @dateFrom: dateTime, @dateTo: dateTime }
  page { @pageCount: int!, @pageIndex: int!, @pageSize: int!, @recordCount: int!, +pageFirstRecordNumber: int }
  pair { first: any, second: any }
  keyValue { key: any, value: any }
  searchResult { attributes: stringArray[], list: any[], page: page, period: period, sort: string[], sum: decimal }
  result { data > item as list: any[], page: page, attributes: list }
  stringArray { item: string[] }
  mapHolder { data: map }
  map { entry: keyValue[] }
  list { item: any[] }
  abstract abstractTreeNode: idTitle { children > child: any[], @parentId: int! }
`);
