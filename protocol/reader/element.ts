/** One XML element of a TICKET, in the order of the file. */
export type Element = {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: Element[];
  text: string;
  /** Index of its `<` in the decoded text. */
  at: number;
  parent: Element | undefined;
  /** Number among the siblings of its name, from 1; 0 until a path was asked for. */
  nth: number;
};

/** Place in the TICKET such as `TAXES/TAX[2]/AMOUNT`; '' for the TICKET itself. */
export function pathInTicket(element: Element): string {
  const steps: string[] = [];
  for (let at = element; at.parent !== undefined; at = at.parent) steps.push(step(at, at.parent));
  return steps.reverse().join('/');
}

function step(element: Element, parent: Element): string {
  if (element.nth === 0) numberChildren(parent);
  return element.nth > 1 ? `${element.name}[${element.nth}]` : element.name;
}

/** Numbers all children at once: one by one, a TICKET of thousands of unknown elements would take quadratic time. */
function numberChildren(parent: Element): void {
  const counts = new Map<string, number>();
  for (const child of parent.children) {
    child.nth = (counts.get(child.name) ?? 0) + 1;
    counts.set(child.name, child.nth);
  }
}

/**
 * A 64-bit digest, as 16 hex digits, of names, attributes and trimmed texts, by which two copies of one record are told from two different
 * records. Layout, encoding and file name play no part. It protects against nobody who wants a collision.
 */
export function fingerprint(element: Element): string {
  const state: Hash = { a: 0x811c9dc5, b: 0x9e3779b9 };
  mixElement(state, element);
  return (state.a >>> 0).toString(16).padStart(8, '0') + (state.b >>> 0).toString(16).padStart(8, '0');
}

type Hash = { a: number; b: number };

function mixElement(state: Hash, element: Element): void {
  mix(state, element.name);
  for (const name of Object.keys(element.attributes).sort()) {
    mix(state, name);
    mix(state, element.attributes[name] ?? '');
  }
  mix(state, element.text.trim());
  for (const child of element.children) mixElement(state, child);
  mix(state, '/');
}

function mix(state: Hash, text: string): void {
  let { a, b } = state;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit ^ (b >>> 15), 0x85ebca6b);
  }
  // Ends each text, so that "ab" + "c" and "a" + "bc" differ.
  state.a = Math.imul(a ^ 0x1f, 0x01000193);
  state.b = Math.imul(b ^ 0x1f ^ (b >>> 13), 0xc2b2ae35);
}
