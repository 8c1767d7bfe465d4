import { changes, reads, service } from '../operation-notation.ts';

// Addresses and domains (catalogue 4.6).

export const addressService = service({
  name: 'AddressService',
  package: 'ru.bitel.oss.kernel.directories.address',
  namespace: 'http://service.common.address.directories.kernel.oss.bitel.ru/',
  operations: [
    reads(1, 'cityGet(id: int): city', 'Город по номеру', 'A city by its number'),
    reads(1, 'cityList(countryId: int, title?: string): city[]', 'Города страны', 'Cities of a country'),
    reads(1, 'countryList(title?: string): country[]', 'Страны', 'Countries'),
    reads(1, 'streetGet(id: int): street', 'Улица по номеру', 'A street by its number'),
    reads(1, 'streetList(cityId: int, title?: string): street[]', 'Улицы города', 'Streets of a city'),
    reads(
      1,
      'streetSearch(cityId: int, title?: string, cityTitle?: string, page?: page): street[]',
      'Поиск улиц по названию, по страницам',
      'Finds streets by title, page by page',
    ),
    reads(1, 'houseGet(id: int): house', 'Дом по номеру записи', 'A house by the number of its record'),
    reads(
      1,
      'houseList(cityId: int, areaId: int, streetId: int, quarterId: int, house: int, frac?: string, page?: page): house[]',
      'Дома по городу, району, улице и номеру',
      'Houses by city, area, street and number',
    ),
    reads(
      1,
      'addressFormat(houseId: int, pod: int, floor: int, flat?: string, room?: string, comment?: string): keyValue[]',
      'Текст адреса по дому и квартире, во всех форматах',
      'The text of an address of a house and a flat, in each format',
    ),
    changes(2, 'countryUpdate(country?: country): int', 'Создаёт или меняет страну', 'Makes or changes a country'),
    changes(2, 'countryDelete(id: int)', 'Удаляет страну', 'Removes a country'),
    reads(2, 'countryGet(id: int): country', 'Страна по номеру', 'A country by its number'),
    changes(2, 'cityUpdate(city?: city): int', 'Создаёт или меняет город', 'Makes or changes a city'),
    changes(2, 'cityDelete(id: int)', 'Удаляет город', 'Removes a city'),
    reads(2, 'areaGet(id: int): area', 'Район по номеру', 'An area by its number'),
    reads(2, 'areaList(cityId: int, title?: string): area[]', 'Районы города', 'Areas of a city'),
    changes(2, 'areaUpdate(area?: area): int', 'Создаёт или меняет район', 'Makes or changes an area'),
    changes(2, 'areaDelete(id: int)', 'Удаляет район', 'Removes an area'),
    changes(2, 'streetUpdate(street?: street): int', 'Создаёт или меняет улицу', 'Makes or changes a street'),
    changes(2, 'streetDelete(id: int)', 'Удаляет улицу', 'Removes a street'),
    reads(2, 'quarterGet(id: int): quarter', 'Квартал по номеру', 'A quarter by its number'),
    reads(2, 'quarterList(cityId: int, title?: string): quarter[]', 'Кварталы города', 'Quarters of a city'),
    changes(2, 'quarterUpdate(quarter?: quarter): int', 'Создаёт или меняет квартал', 'Makes or changes a quarter'),
    changes(2, 'quarterDelete(id: int)', 'Удаляет квартал', 'Removes a quarter'),
    reads(
      2,
      'postIndexGet(streetId: int, houseAndFrac?: string, house: int, frac?: string): string',
      'Почтовый индекс дома',
      'The postal code of a house',
    ),
    changes(2, 'houseUpdate(house?: house): int', 'Создаёт или меняет дом', 'Makes or changes a house'),
    changes(2, 'houseDelete(id: int)', 'Удаляет дом', 'Removes a house'),
  ],
});

export const domainService = service({
  name: 'DomainService',
  package: 'ru.bitel.oss.kernel.directories.domain',
  namespace: 'http://service.common.domain.directories.kernel.oss.bitel.ru/',
  operations: [
    reads(2, 'domainGet(id: int): domain', 'Домен по номеру', 'A domain by its number'),
    reads(2, 'domainList(): domain[]', 'Все домены', 'All domains'),
    changes(2, 'domainUpdate(domain?: domain): int', 'Создаёт или меняет домен', 'Makes or changes a domain'),
    changes(2, 'domainDelete(id: int)', 'Удаляет домен', 'Removes a domain'),
    reads(2, 'domainTree(): domain', 'Дерево доменов', 'The tree of domains'),
    changes(2, 'domainMove(newParentId: int, ids?: int[])', 'Переносит домены под другой', 'Moves domains below another'),
  ],
});
