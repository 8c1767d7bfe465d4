import type { Queryable, Transaction } from '../../core/database/statement.ts';
import type { Act } from '../act.ts';
import type { Profile } from '../settings.ts';
import type { RightModule } from './rights-tree.ts';

/**
 * The one description of operations, beans and actions (spec billing 3). From it come the SOAP face with its WSDL, the JSON face, the list of rights,
 * the reference page and the tests; code of a face names no operation.
 */
export type Scalar =
  | 'int'
  | 'long'
  | 'short'
  | 'byte'
  | 'boolean'
  | 'float'
  | 'string'
  | 'decimal'
  | 'date'
  | 'dateTime'
  | 'base64Binary'
  | 'any';

/**
 * A type on the wire and its value in code: int, short, byte, float number; long bigint; boolean; string; decimal text such as `-12.50`; date
 * Temporal.PlainDate; dateTime Temporal.Instant (answers may give a PlainDate: its midnight); base64Binary Buffer; `any` whatever, on the wire with its
 * type; a bean an object with its fields' names, of a polymorphic one with `$type`, the name of its bean; a list an array. Null: absent.
 */
export type TypeRef = { readonly scalar: Scalar } | { readonly bean: string } | { readonly list: TypeRef };

export interface Text {
  readonly ru: string;
  readonly en: string;
}

/**
 * What parameters mean, by name: Russian, English. `operation.parameter` is for one operation or action whose parameter means something of its own.
 * A parameter of the catalogue that is nowhere in texts/ stops the start (spec 3.3).
 */
export type ParameterTexts = Readonly<Record<string, readonly [ru: string, en: string]>>;

/** A field of a bean. */
export interface Field {
  /** In code, in JSON and on the wire of SOAP. */
  readonly name: string;
  readonly type: TypeRef;
  /** On the wire of SOAP: an attribute or a child element; the lists among them hold numbers parted by spaces in the one text. */
  readonly at: 'attribute' | 'attributeList' | 'element' | 'elementList';
  /** The element `name` stands once and holds one element of this name for each item of the list. (Default: `name` itself repeats) */
  readonly item?: string;
  /** In JSON it goes by this name. (Default: `name`) */
  readonly jsonName?: string;
  /** Always written. */
  readonly required?: boolean;
  /** In JSON a dateTime is written as a day (`2010-01-02`) or as an instant with offset. (Default: instant) */
  readonly json?: 'day' | 'instant';
  /** An extra key of JSON: no schema names it and SOAP does not write it, but reads it where it is sent. */
  readonly jsonOnly?: boolean;
}

export interface Bean {
  readonly name: string;
  readonly extends?: string;
  readonly abstract?: boolean;
  /** What `type` says in JSON: `Text` for filterEntityAttrText. */
  readonly discriminator?: string;
  /** An enumeration instead of fields. */
  readonly values?: readonly string[];
  readonly fields: readonly Field[];
  /** Of the shared schema (catalogue 6); otherwise it lives in the namespace of each service that uses it. */
  readonly shared?: boolean;
}

export interface Parameter {
  readonly name: string;
  readonly type: TypeRef;
  /** May be absent; a primitive never is. */
  readonly optional: boolean;
  /** It names the object: absent is an error, not 0 (spec 6.1). */
  readonly identifies: boolean;
  /** Further names in JSON. */
  readonly aliases: readonly string[];
  /** No schema names it. */
  readonly jsonOnly?: boolean;
  readonly doc: Text;
}

export type FaultName = 'BGException' | 'BGMessageException' | 'BGIllegalArgumentException' | 'BGIllegalAccessException';

export interface Operation {
  readonly service: string;
  readonly name: string;
  readonly tier: 1 | 2;
  readonly kind: 'read' | 'write';
  /** The release of the original in which it appeared. */
  readonly since?: string;
  readonly parameters: readonly Parameter[];
  /** Null: void. */
  readonly result: TypeRef | null;
  /** Out-holders, after the result. */
  readonly out: readonly Parameter[];
  readonly faults: readonly FaultName[];
  readonly doc: Text;
}

export interface Service {
  readonly name: string;
  /** `ru.bitel.bgbilling.kernel.contract.api`; with `{mid}` a module number follows in the address. */
  readonly package: string;
  readonly namespace: string;
  /** Further packages, and further names in them, under which it is called. */
  readonly aliases: readonly { readonly package: string; readonly name: string }[];
  /** Beans that its values of type `any` hold, and that no signature names: its schema declares them, too. */
  readonly carries: readonly string[];
  readonly operations: readonly Operation[];
}

/** What an operation runs in. */
export interface Call extends Act {
  /** Of kind write a transaction, else the pool. */
  readonly db: Queryable;
  readonly tx: Transaction;
  readonly profile: Profile;
  /** From the address, of services of a module. */
  readonly moduleId: number | undefined;
  /** Everything that rights are given for on this hub. (Default: what is built in) */
  readonly rightsTree?: readonly RightModule[] | undefined;
}

/** The answer of an operation with out-holders; one without answers the value itself. A list may be a `LongList`. */
export interface Answer {
  readonly value: unknown;
  readonly out: Readonly<Record<string, unknown>>;
}

// biome-ignore lint/suspicious/noExplicitAny: each operation names the shape of its own arguments; the catalogue's types make them true.
export type Run = (call: Call, args: any) => Promise<unknown>;

/** What the operations of one service do, by name. A test holds that all of tier 1 are here and none of tier 2. */
export interface Binding {
  readonly service: string;
  readonly operations: Readonly<Record<string, Run>>;
}

/** A parameter of an XML action. */
export interface ActionParameter {
  readonly name: string;
  readonly optional: boolean;
  readonly doc: Text;
}

export interface Action {
  readonly module: string;
  readonly name: string;
  readonly tier: 1 | 2;
  readonly kind: 'read' | 'write';
  readonly parameters: readonly ActionParameter[];
  /** What stands inside `<data>`, for people: `table(date user value)`; '' when nothing does. */
  readonly answer: string;
  readonly doc: Text;
}

/** The pairs of a request, read by name; a value of the wrong form is refused with the name of the parameter (HubError BAD_REQUEST). */
export interface ActionArgs {
  has(name: string): boolean;
  /** Undefined: absent. `''` stays. */
  text(name: string): string | undefined;
  needText(name: string): string;
  int(name: string): number | undefined;
  needInt(name: string): number;
  flag(name: string): boolean | undefined;
  /** `dd.MM.yyyy` or ISO; '' and absent: undefined. */
  day(name: string): Temporal.PlainDate | undefined;
  needDay(name: string): Temporal.PlainDate;
  /** Exact decimal text. */
  money(name: string): string | undefined;
  needMoney(name: string): string;
  /** Comma list, spaces allowed. */
  ints(name: string): number[];
  /** The id of a row, or undefined for a new one: absent, '', `0`, `-1`, `new`. */
  rowId(name: string): number | undefined;
  page(): { readonly index: number; readonly size: number };
}

export type XmlValue = string | number | bigint | boolean | null | undefined;
export type XmlAttributes = Readonly<Record<string, XmlValue>>;

/** Writes what stands inside `<data status="ok">`. Null and undefined attributes are left out; texts are escaped, booleans are 1 and 0. */
export interface XmlOut {
  /** Attributes of the root. */
  root(attributes: XmlAttributes): void;
  /** `status="message"` with a text. */
  message(text: string): void;
  element(name: string, attributes?: XmlAttributes, inside?: ((out: XmlOut) => void) | string): void;
  /** `<name><item id title/>...</name>` */
  items(name: string, items: readonly { readonly id: number | string; readonly title: string }[]): void;
  /** `<table ...attributes><data><row/>...</data></table>` */
  table(rows: readonly XmlAttributes[], attributes?: XmlAttributes, name?: string): void;
}

/** What an action does. Days and money are given as text: `dayText`, `periodText`, `0.00`. */
export type RunAction = (call: Call, args: ActionArgs, out: XmlOut) => Promise<void>;

/** What the actions of one module do, by name. */
export interface ActionBinding {
  readonly module: string;
  readonly actions: Readonly<Record<string, RunAction>>;
}
