import { statement } from '../../core/database/statement.ts';

/**
 * The address directory: countries have cities; cities have streets, areas and quarters; a house stands on a street. Titles are found by what they
 * contain, in any case of letters; null: all.
 */
export type CountryRow = { id: number; title: string };
export type CityRow = { id: number; title: string; countryId: number; positionIndex: number };
export type StreetRow = { id: number; title: string; cityId: number; cityTitle: string };
export type HouseRow = {
  id: number;
  streetId: number;
  streetTitle: string;
  cityId: number;
  cityTitle: string;
  countryTitle: string;
  areaId: number;
  areaTitle: string;
  quarterId: number;
  quarterTitle: string;
  house: number;
  frac: string;
  postIndex: string;
  amount: number;
  pod: string;
  comment: string;
  date: Temporal.PlainDate | null;
  params: Record<string, string> | null;
};

/** `$1` a pattern of LIKE for the title, or null. */
export const countries = statement<CountryRow>(
  'billing.countries',
  'SELECT country_id AS id, title FROM address_country WHERE $1::text IS NULL OR lower(title) LIKE lower($1) ORDER BY title, country_id',
);

const CITY = 'SELECT city_id AS id, title, country_id AS "countryId", position AS "positionIndex" FROM address_city';
export const cityById = statement<CityRow>('billing.cityById', `${CITY} WHERE city_id = $1`);
/** `$1` the country; 0: any. */
export const cities = statement<CityRow>(
  'billing.cities',
  `${CITY} WHERE ($1::int <= 0 OR country_id = $1) AND ($2::text IS NULL OR lower(title) LIKE lower($2)) ORDER BY position, title, city_id`,
);

const STREET = `SELECT s.street_id AS id, s.title, s.city_id AS "cityId", t.title AS "cityTitle" FROM address_street s JOIN address_city t USING (city_id)`;
export const streetById = statement<StreetRow>('billing.streetById', `${STREET} WHERE s.street_id = $1`);

const FOUND_STREETS = `WHERE ($1::int <= 0 OR s.city_id = $1) AND ($2::text IS NULL OR lower(s.title) LIKE lower($2)) AND ($3::text IS NULL OR lower(t.title) LIKE lower($3))`;
/** `$1` the city (0: any), `$3` a pattern for its title, `$4` rows, `$5` rows before them. */
export const streets = statement<StreetRow>(
  'billing.streets',
  `${STREET} ${FOUND_STREETS} ORDER BY s.title, s.street_id LIMIT $4 OFFSET $5`,
);
export const countStreets = statement<{ count: number }>(
  'billing.countStreets',
  `SELECT count(*) AS count FROM address_street s JOIN address_city t USING (city_id) ${FOUND_STREETS}`,
);

const HOUSE_FROM = `FROM address_house h JOIN address_street s USING (street_id) JOIN address_city t USING (city_id) JOIN address_country n USING (country_id)
  LEFT JOIN address_area a ON a.area_id = h.area_id LEFT JOIN address_quarter q ON q.quarter_id = h.quarter_id`;
const HOUSE = `SELECT h.house_id AS id, h.street_id AS "streetId", s.title AS "streetTitle", s.city_id AS "cityId", t.title AS "cityTitle",
  n.title AS "countryTitle", COALESCE(h.area_id, 0) AS "areaId", COALESCE(a.title, '') AS "areaTitle", COALESCE(h.quarter_id, 0) AS "quarterId",
  COALESCE(q.title, '') AS "quarterTitle", h.house, h.frac, h.post_index AS "postIndex", h.amount, h.pods AS pod, h.comment, h.built_on AS date, h.params`;
/** The house stays until the commit, as a parameter of a contract is about to refer to it. */
export const holdHouse = statement('billing.holdHouse', 'SELECT FROM address_house WHERE house_id = $1 FOR KEY SHARE');

export const houseById = statement<HouseRow>('billing.houseById', `${HOUSE} ${HOUSE_FROM} WHERE h.house_id = $1`);

/** What an address is made of, as a column of the house, its street or its city. */
const PLACES = {
  country: 't.country_id',
  city: 's.city_id',
  area: 'h.area_id',
  quarter: 'h.quarter_id',
  street: 'h.street_id',
  house: 'h.house_id',
} as const;
export type Place = keyof typeof PLACES;

const housesIn = (place: Place) =>
  statement<HouseRow>(
    `billing.housesIn.${place}`,
    `${HOUSE} ${HOUSE_FROM} WHERE ${PLACES[place]} = $1 AND h.house_id > $2 ORDER BY h.house_id LIMIT $3`,
  );
/** Houses in the place `$1`, behind the house `$2`, at most `$3`. */
export const HOUSES_IN: Readonly<Record<Place, ReturnType<typeof housesIn>>> = {
  country: housesIn('country'),
  city: housesIn('city'),
  area: housesIn('area'),
  quarter: housesIn('quarter'),
  street: housesIn('street'),
  house: housesIn('house'),
};

const FOUND_HOUSES = `WHERE ($1::int <= 0 OR s.city_id = $1) AND ($2::int <= 0 OR h.area_id = $2) AND ($3::int <= 0 OR h.street_id = $3)
  AND ($4::int <= 0 OR h.quarter_id = $4) AND ($5::int <= 0 OR h.house = $5) AND ($6::text IS NULL OR lower(h.frac) = lower($6))`;
/** `$1` city, `$2` area, `$3` street, `$4` quarter, `$5` house: 0 is any; `$6` fraction or null, `$7` rows, `$8` rows before them. */
export const houses = statement<HouseRow>(
  'billing.houses',
  `${HOUSE} ${HOUSE_FROM} ${FOUND_HOUSES} ORDER BY t.title, s.title, h.house, h.frac, h.house_id LIMIT $7 OFFSET $8`,
);
export const countHouses = statement<{ count: number }>(
  'billing.countHouses',
  `SELECT count(*) AS count FROM address_house h JOIN address_street s USING (street_id) ${FOUND_HOUSES}`,
);

/** Two at most, to tell whether it is the only one. `$1` city ('': any), `$2` street, `$3` house, `$4` fraction. */
export const housesByName = statement<{ id: number }>(
  'billing.housesByName',
  `SELECT h.house_id AS id FROM address_house h JOIN address_street s USING (street_id) JOIN address_city t USING (city_id)
   WHERE ($1::text = '' OR lower(t.title) = lower($1)) AND lower(s.title) = lower($2::text) AND h.house = $3
     AND lower(ltrim(h.frac, '/')) = lower(ltrim($4::text, '/')) ORDER BY h.house_id LIMIT 2`,
);
