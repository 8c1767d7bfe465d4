import { changes, reads, service } from '../operation-notation.ts';

// Descriptions of entities and their attributes (catalogue 4.6).

export const entityService = service({
  name: 'EntityService',
  package: 'ru.bitel.oss.kernel.entity',
  namespace: 'http://service.common.entity.kernel.oss.bitel.ru/',
  operations: [
    reads(1, 'entitySpecList(): entitySpec[]', 'Описания сущностей', 'Descriptions of entities'),
    reads(
      1,
      'entitySpecGet(arg0 (entitySpecId): int): entitySpec',
      'Описание сущности по номеру',
      'The description of an entity by its number',
    ),
    reads(
      1,
      'entitySpecAttrList(): entitySpecAttr[]',
      'Описания атрибутов всех сущностей',
      'Descriptions of the attributes of all entities',
    ),
    reads(
      1,
      'entitySpecAttrGet(arg0 (entitySpecAttrId): int): entitySpecAttr',
      'Описание атрибута по номеру',
      'The description of an attribute by its number',
    ),
    reads(
      1,
      'entitySpecAttrListItemList(arg0 (entitySpecAttrId): int): entitySpecAttrListItem[]',
      'Значения, из которых выбирается атрибут-список',
      'The items that a list attribute is chosen from',
    ),
    changes(
      2,
      'entitySpecUpdate(arg0? (entitySpec): entitySpec): int',
      'Создаёт или меняет описание сущности',
      'Makes or changes the description of an entity',
    ),
    reads(
      2,
      'entitySpecAttrListByType(arg0 (attributeType): int): entitySpecAttr[]',
      'Описания атрибутов одного вида',
      'Descriptions of the attributes of one kind',
    ),
    changes(
      2,
      'entitySpecAttrUpdate(arg0? (entitySpecAttr): entitySpecAttr): int',
      'Создаёт или меняет описание атрибута',
      'Makes or changes the description of an attribute',
    ),
    changes(
      2,
      'entitySpecAttrListItemUpdate(arg0 (entitySpecAttrId): int, arg1? (listItem): entitySpecAttrListItem): int',
      'Создаёт или меняет значение списка',
      'Makes or changes an item of a list',
    ),
    changes(
      2,
      'entitySpecAttrListItemDelete(arg0 (entitySpecAttrId): int, arg1 (listItemId): int)',
      'Удаляет значение списка',
      'Removes an item of a list',
    ),
    changes(
      2,
      'entitySpecAttrDelete(arg0 (entitySpecAttrId): int)',
      'Удаляет описание атрибута',
      'Removes the description of an attribute',
    ),
  ],
});
