import { ADDRESS_FORMATS, houseTitle } from '../address-title.ts';
import type { Binding } from '../catalogue/descriptor.ts';
import { findHouse, titleIn } from '../check-value.ts';
import { findCity, findHouses, findStreet, findStreets, type HouseSearch, type StreetSearch, titlePart } from '../find-address.ts';
import { EVERYTHING, wishOf } from '../page.ts';
import { cities, countries, type HouseRow } from '../sql/addresses.ts';

type PageArgument = { readonly page?: { readonly pageIndex: number; readonly pageSize: number } | null };

interface InHouse {
  readonly houseId: number;
  readonly pod: number;
  readonly floor: number;
  readonly flat: string | null;
  readonly room: string | null;
  readonly comment: string | null;
}

const houseBean = ({ countryTitle: _, params, ...house }: HouseRow): Record<string, unknown> => ({
  ...house,
  houseFrac: houseTitle(house.house, house.frac),
  params: Object.entries(params ?? {}).map(([key, value]) => ({ key, value })),
});

/** The address directory (catalogue 4.6). */
export const addressService: Binding = {
  service: 'AddressService',
  operations: {
    cityGet: (call, { id }: { id: number }) => findCity(call.db, id),
    cityList: (call, { countryId, title }: { countryId: number; title: string | null }) =>
      cities(call.db, countryId, titlePart('title', title)),
    countryList: (call, { title }: { title: string | null }) => countries(call.db, titlePart('title', title)),
    streetGet: (call, { id }: { id: number }) => findStreet(call.db, id),
    streetList: async (call, { cityId, title }: { cityId: number; title: string | null }) =>
      (await findStreets(call.db, call, { cityId, title, page: EVERYTHING })).rows,
    streetSearch: async (call, args: Omit<StreetSearch, 'page'> & PageArgument) =>
      (await findStreets(call.db, call, { ...args, page: wishOf(args.page) })).rows,
    houseGet: async (call, { id }: { id: number }) => houseBean(await findHouse(call.db, id)),
    houseList: async (call, args: Omit<HouseSearch, 'page'> & PageArgument) =>
      (await findHouses(call.db, call, { ...args, page: wishOf(args.page) })).rows.map(houseBean),
    /** The address in each form, by the key of the form. */
    async addressFormat(call, { houseId, pod, floor, flat, room, comment }: InHouse) {
      const house = await findHouse(call.db, houseId);
      const address = { houseId, pod, floor, flat: flat ?? '', room: room ?? '', comment: comment ?? '', formatKey: '' };
      return Object.keys(ADDRESS_FORMATS).map((key) => ({ key, value: titleIn(house, address, key) }));
    },
  },
};
