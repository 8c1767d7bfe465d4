import { beans } from '../bean-notation.ts';

/** Addresses, lists and domains (catalogue 5). */
export const DIRECTORY_BEANS = beans(
  'directories',
  `
  entitySpecAttrListItem: idTitle {}
  house: id {
      comment: string, params > entry: stringEntry[], @amount: int!, @areaId: int!, @areaTitle: string, @cityId: int!,
      @cityTitle: string, @date: dateTime, @frac: string, @house: int!, @houseFrac: string, @pod: string, @postIndex: string,
      @quarterId: int!, @quarterTitle: string, @streetId: int!, @streetTitle: string
  }
  area: idTitle { cityId: int }
  quarter: idTitle { @cityId: int! }
  street: idTitle { @cityId: int!, @cityTitle: string }
  city: idTitle { @countryId: int!, @positionIndex: int! }
  country: idTitle {}
  domain: abstractTreeNode { comment: string }
  stringEntry { key: string, value: string }
`,
);
