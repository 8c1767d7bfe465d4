import { type Element, pathInTicket } from './element.ts';
import type { FindingArgs } from './finding.ts';
import type { FindingCode } from './finding-table.ts';
import { type Read, readAmount, readCount, readDate, readFlag, readNumber, readTime } from './values.ts';

/**
 * The small language in which vocabulary.ts describes elements: a Setter takes the text of an element or attribute into a field, a Shape says
 * which text, attributes and children an element may have. What no rule knows goes to `extra`.
 */
export type Setter<T> = (target: T, raw: string, from: Source, scope: Scope) => void;
export type ChildReader<T> = (target: T, element: Element, scope: Scope) => void;
export type Shape<T> = {
  text?: Setter<T>;
  attributes?: ReadonlyMap<string, Setter<T>>;
  children?: ReadonlyMap<string, ChildReader<T>>;
};

/** Where a value stands: in an element or in one of its attributes. */
export type Source = { element: Element; attribute?: string };

/** What the rules need while one TICKET is read. */
export type Scope = {
  extra: Map<string, string>;
  /** True once `extra` was full. */
  extraCut: boolean;
  report(code: FindingCode, source: Source, args?: FindingArgs): void;
};

/** Unknown values kept for one TICKET; a file made of nothing else must not fill the memory with paths. */
const MAX_EXTRA = 500;

type KeyOf<T, V> = {
  [K in keyof T]-?: Exclude<T[K], undefined> extends V ? (V extends Exclude<T[K], undefined> ? K : never) : never;
}[keyof T];

/** Setters for the fields of a target, e.g. `const tax = settersFor<Tax>(); tax.amount('amount')`. */
export function settersFor<T extends object>() {
  return {
    text: (key: KeyOf<T, string>) => setter<T, string>(key, (value) => ({ value })),
    amount: (key: KeyOf<T, string>) => setter<T, string>(key, readAmount),
    date: (key: KeyOf<T, string>) => setter<T, string>(key, readDate),
    time: (key: KeyOf<T, string>) => setter<T, string>(key, readTime),
    number: (key: KeyOf<T, string>) => setter<T, string>(key, readNumber),
    count: (key: KeyOf<T, number>) => setter<T, number>(key, readCount),
    flag: (key: KeyOf<T, boolean>) => setter<T, boolean>(key, readFlag),
    /** A text of which the usual values are known; another one is kept and reported. */
    code: (key: KeyOf<T, string>, usual: ReadonlySet<string>) =>
      setter<T, string>(key, (value) => (usual.has(value) ? { value } : { value, code: 'OTHER_VALUE', args: { value } })),
    /** The setter of a part, e.g. the city of `from`. */
    inside: <K extends keyof T>(key: K, inner: Setter<Exclude<T[K], undefined>>): Setter<T> => {
      return (target, raw, from, scope) => {
        const made = (target[key] ?? {}) as Exclude<T[K], undefined>;
        inner(made, raw, from, scope);
        if (Object.keys(made as object).length > 0) target[key] = made;
      };
    },
  };
}

/** An element of one value. */
export function leaf<T>(text: Setter<T>, attributes: Record<string, Setter<T>> = {}): ChildReader<T> {
  return within({ text, attributes: new Map(Object.entries(attributes)) });
}

/** An element whose parts belong to the target itself. */
export function within<T>(shape: Shape<T>): ChildReader<T> {
  return (target, element, scope) => readInto(target, element, shape, scope);
}

/** An element that becomes an object of its own. */
export function part<T extends object, K extends keyof T>(key: K, shape: Shape<Exclude<T[K], undefined>>): ChildReader<T> {
  return (target, element, scope) => {
    if (target[key] !== undefined) return repeated(element, scope);
    const made = {} as Exclude<T[K], undefined>;
    readInto(made, element, shape, scope);
    if (Object.keys(made as object).length > 0) target[key] = made;
  };
}

/** A container such as TAXES with items such as TAX. */
export function list<T extends object, I extends object>(key: KeyOf<T, I[]>, item: string, shape: Shape<I>): ChildReader<T> {
  const addItem: ChildReader<T> = (target, element, scope) => {
    const made = {} as I;
    readInto(made, element, shape, scope);
    if (Object.keys(made).length === 0) return;
    const items = target[key] as I[] | undefined;
    if (items === undefined) target[key] = [made] as T[typeof key];
    else items.push(made);
  };
  return within({ children: new Map([[item, addItem]]) });
}

/** Reads an element by its shape. An empty text or attribute is as good as an absent one (spec 3.8). */
export function readInto<T>(target: T, element: Element, shape: Shape<T>, scope: Scope): void {
  for (const name in element.attributes) {
    const raw = element.attributes[name]?.trim() ?? '';
    const set = shape.attributes?.get(name);
    const source = { element, attribute: name };
    if (set === undefined) {
      scope.report('UNKNOWN_ATTRIBUTE', source, { name });
      keep(source, raw, scope);
    } else if (raw !== '') set(target, raw, source, scope);
  }
  const text = element.text.trim();
  if (text !== '') {
    if (shape.text !== undefined) shape.text(target, text, { element }, scope);
    else {
      scope.report('UNKNOWN_TEXT', { element });
      keep({ element }, text, scope);
    }
  }
  for (const child of element.children) {
    const read = shape.children?.get(child.name);
    if (read !== undefined) read(target, child, scope);
    else {
      scope.report('UNKNOWN_ELEMENT', { element: child }, { name: child.name });
      keepTree(child, scope);
    }
  }
}

function setter<T extends object, V>(key: keyof T, read: (raw: string) => Read<V>): Setter<T> {
  return (target, raw, from, scope) => {
    if (target[key] !== undefined) {
      scope.report('REPEATED', from, { name: from.attribute ?? from.element.name });
      keep(from, raw, scope);
      return;
    }
    const { value, code, args } = read(raw);
    if (code !== undefined) scope.report(code, from, { name: from.attribute ?? from.element.name, ...args });
    if (value !== undefined) target[key] = value as T[keyof T];
    else keep(from, raw, scope);
  };
}

function repeated(element: Element, scope: Scope): void {
  scope.report('REPEATED', { element }, { name: element.name });
  keepTree(element, scope);
}

function keepTree(element: Element, scope: Scope): void {
  if (scope.extraCut) return;
  let bare = element.children.length === 0;
  for (const attribute in element.attributes) {
    bare = false;
    keep({ element, attribute }, element.attributes[attribute]?.trim() ?? '', scope);
  }
  const text = element.text.trim();
  if (text !== '' || bare) keep({ element }, text, scope);
  for (const child of element.children) keepTree(child, scope);
}

function keep(source: Source, raw: string, scope: Scope): void {
  if (scope.extraCut) return;
  if (scope.extra.size === MAX_EXTRA) {
    scope.extraCut = true;
    scope.report('EXTRA_CUT', source, { limit: MAX_EXTRA });
    return;
  }
  const path = pathInTicket(source.element) || '.';
  scope.extra.set(source.attribute === undefined ? path : `${path}/@${source.attribute}`, raw);
}
