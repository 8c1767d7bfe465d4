import type { CompleteOperation } from '../control/schema.ts';
import type { Links, Transaction } from '../transactions.ts';
import type { ValueType } from './value-types.ts';

/**
 * The words in which layout.ts writes its tables. A table is an ordered list of elements; the writer walks it with a document, xsd.ts
 * turns it into a schema. `Item` is what the element reads from: the document, or one entry of a list.
 */
export type Element<Item> = Leaf<Item> | Group<Item> | List<Item>;

/** What an element may need besides its item: the operation, what transactions.ts says, digits of the three currencies of a document. */
export type Subject = {
  operation: CompleteOperation;
  transaction: Transaction;
  links: Links;
  digits: number;
  originalDigits: number;
  neutralDigits: number;
};

// The functions below are methods so that an element of one item may stand in the erased lists of its parent.
export type Attribute<Item> = {
  name: string;
  type: ValueType;
  required: boolean;
  value(item: Item, subject: Subject): string | undefined;
};

/** An element with text. An absent value omits it. */
export type Leaf<Item> = {
  kind: 'leaf';
  name: string;
  type: ValueType;
  required: boolean;
  attributes: readonly Attribute<Item>[];
  value(item: Item, subject: Subject): string | undefined;
};

/** An element with attributes and children. With neither it is omitted. */
export type Group<Item> = {
  kind: 'group';
  name: string;
  required: boolean;
  /** Name of its complexType in ticket-types.xsd when several families have it. */
  shared?: string;
  attributes: readonly Attribute<unknown>[];
  children: readonly Element<unknown>[];
  of(item: Item, subject: Subject): unknown;
};

/** A container that repeats one element. An empty list omits it. */
export type List<Item> = {
  kind: 'list';
  name: string;
  required: boolean;
  shared?: string;
  repeated: Leaf<unknown> | Group<unknown>;
  of(item: Item, subject: Subject): readonly unknown[] | undefined;
};

type Value<Item> = (item: Item, subject: Subject) => string | undefined;

/** An element that is always written. */
export function required<Item>(name: string, type: ValueType, value: Value<Item>, attributes: readonly Attribute<Item>[] = []): Leaf<Item> {
  return { kind: 'leaf', name, type, required: true, attributes, value };
}

/** An element that is written when there is a value. */
export function optional<Item>(name: string, type: ValueType, value: Value<Item>, attributes: readonly Attribute<Item>[] = []): Leaf<Item> {
  return { kind: 'leaf', name, type, required: false, attributes, value };
}

export function attribute<Item>(name: string, type: ValueType, value: Value<Item>): Attribute<Item> {
  return { name, type, required: false, value };
}

export function requiredAttribute<Item>(name: string, type: ValueType, value: Value<Item>): Attribute<Item> {
  return { name, type, required: true, value };
}

type Presence = { required?: boolean; shared?: string };

export function group<Item, Child>(
  name: string,
  of: (item: Item, subject: Subject) => Child | undefined,
  attributes: readonly Attribute<Child>[],
  children: readonly Element<Child>[],
  presence: Presence = {},
): Group<Item> {
  return { kind: 'group', name, required: false, ...presence, attributes, children, of };
}

export function list<Item, Child>(
  name: string,
  of: (item: Item, subject: Subject) => readonly Child[] | undefined,
  repeated: Leaf<Child> | Group<Child>,
  presence: Presence = {},
): List<Item> {
  return { kind: 'list', name, required: false, ...presence, repeated, of };
}

/** One entry of a list that is a group: it reads from the entry itself. */
export function entry<Child>(name: string, attributes: readonly Attribute<Child>[], children: readonly Element<Child>[]): Group<Child> {
  return group<Child, Child>(name, (item) => item, attributes, children, { required: true });
}
