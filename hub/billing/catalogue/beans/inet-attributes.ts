import { beans } from '../bean-notation.ts';

/**
 * In the namespace of the services of internet access these stand in place of the beans of the same names in attributes.ts (catalogue 5.1): contacts
 * are attributes there, and the text of an address or a phone is `data`.
 */
export const INET_ATTRIBUTE_BEANS = beans(
  'attributes of devices',
  `
  entityAttrList: entityAttr { @customValue: string, @title: string, @value: int! }
  entityAttrEmail: entityAttr { @data: string, contactList > contact: emailContact[] }
  entityAttrPhone: entityAttr { contactList > contact: phoneContact[], @data: string }
  emailContact { @address: string, @name: string }
  phoneContact { @comment: string, @phone: string }
`,
);
