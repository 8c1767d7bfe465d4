import { beans } from '../bean-notation.ts';

/** Parameters of contracts as attributes of entities, their descriptions, and the filters that search by them (catalogue 5 and 5.1). */
export const ATTRIBUTE_BEANS = beans(
  'parameters',
  `
  abstract entityAttr { entityId: int, entitySpecAttrId: int }
  entityAttrText: entityAttr { @value: string }
  entityAttrInt: entityAttr { @value: int! }
  entityAttrList: entityAttr { @title: string, @value: int! }
  entityAttrDate: entityAttr { @value: dateTime }
  entityAttrAddress: entityAttr {
      @comment: string, @flat: string, @floor: int!, @houseId: int!, @pod: int!, @room: string, @title: string, formatKey: string
  }
  entityAttrEmail: entityAttr { @value: string, contactList > item: emailContact[] }
  entityAttrContract: entityAttr { @title: string, @value: int! }
  entityAttrBoolean: entityAttr { @value: boolean! }
  contractParameterGroup: entitySpec {}
  entitySpec: idTitle {
      @entitySpecTypeId: int!, @entityTitleMacros: string, @hidden: boolean!, @moduleIds: int list,
      attributeList > attributeList: entitySpecAttr[], comment: string
  }
  entitySpecAttr: idTitle { comment: string, history: boolean, type: int, +typeName: string }
  contractParameterGroupAttr: entitySpecAttr { @customerRead: boolean!, @customerWrite: boolean!, @order: int! }
  abstract filterEntityAttr { @entitySpecAttrIds: int list }
  filterEntityAttrAddress: filterEntityAttr {
      @cityId: int!, @flat: string, @frac: string, @house: string, @pod: int!, @room: string, @streetId: int!
  }
  filterEntityAttrDate: filterEntityAttr { @periodFrom: dateTime, @periodTo: dateTime }
  filterEntityAttrHouse: filterEntityAttr { @value: int! }
  filterEntityAttrInt: filterEntityAttr { @value: int! }
  filterEntityAttrList: filterEntityAttr { @value: int! }
  filterEntityAttrMultiList: filterEntityAttrList {}
  filterEntityAttrText: filterEntityAttr { @value: string }
  filterEntityAttrEmail: filterEntityAttr { @value: string }
  filterEntityAttrContract: filterEntityAttr { @value: int! }
  filterEntityAttrBoolean: filterEntityAttr { @value: boolean! }
  contractParameterPref: idTitle {
      alwaysVisible: boolean, history: boolean, read: boolean, sort: int, type: contractParameterPrefType, write: boolean
  }
  enum contractParameterPrefType {
      TYPE_UNKNOWN / TYPE_TEXT / TYPE_ADDRESS / TYPE_EMAIL / TYPE_SERVICING_PERSON / TYPE_FLAG / TYPE_DATE /
      TYPE_LIST / TYPE_CONTRACT_REF / TYPE_PHONE / TYPE_SEPARATOR / TYPE_MULTILIST
  }
  abstract abstractEntity: idTitle { @entitySpecId: int!, entityAttributes > entry: entityAttrEntry[] }
  filterEntityAttrPhone: filterEntityAttr { @value: string, @mode: int }
  entityAttrPhone: entityAttr { contactList > item: phoneContact[] }
  phoneContact { phone: string, comment: string }
  emailContact { name: string, address: string }
  entityAttrEntry { key: int, value: entityAttr }
`,
);
