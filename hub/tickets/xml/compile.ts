import type { Attribute, Element, Group, Leaf, List, Subject } from './elements.ts';
import { escapeAttribute, escapeText } from './formats.ts';

type Write = (item: unknown, subject: Subject) => string;

/**
 * Turns a table of layout.ts into one function that writes it: tags and indentation are put together once, when the program starts, so
 * that a document costs little more than joining its values. `depth` is the number of two-space steps before each element.
 */
export function compileLayout<Item>(elements: readonly Element<Item>[], depth: number): (item: Item, subject: Subject) => string {
  return sequence(elements.map((element) => compile(element as Element<unknown>, depth)));
}

function sequence(writes: readonly Write[]): Write {
  return (item, subject) => {
    let text = '';
    for (const write of writes) {
      text += write(item, subject);
    }
    return text;
  };
}

function compile(element: Element<unknown>, depth: number): Write {
  switch (element.kind) {
    case 'leaf':
      return compileLeaf(element, depth);
    case 'group':
      return compileGroup(element, depth);
    case 'list':
      return compileList(element, depth);
  }
}

function compileLeaf(leaf: Leaf<unknown>, depth: number): Write {
  const start = `\n${'  '.repeat(depth)}<${leaf.name}`;
  const end = `</${leaf.name}>`;
  const attributes = sequence(leaf.attributes.map(compileAttribute));
  const { plain } = leaf.type;
  return (item, subject) => {
    const value = leaf.value(item, subject);
    if (value === undefined) {
      return leaf.required ? missing(leaf.name) : '';
    }
    const head = start + attributes(item, subject);
    return value === '' ? `${head}/>` : `${head}>${plain ? value : escapeText(value)}${end}`;
  };
}

function compileGroup(group: Group<unknown>, depth: number): Write {
  const indent = `\n${'  '.repeat(depth)}`;
  const start = `${indent}<${group.name}`;
  const end = `${indent}</${group.name}>`;
  const attributes = sequence(group.attributes.map(compileAttribute));
  const children = sequence(group.children.map((child) => compile(child, depth + 1)));
  return (item, subject) => {
    const below = group.of(item, subject);
    const head = below === undefined ? '' : attributes(below, subject);
    const body = below === undefined ? '' : children(below, subject);
    if (body !== '') {
      return `${start}${head}>${body}${end}`;
    }
    if (head !== '') {
      return `${start}${head}/>`;
    }
    return group.required ? missing(group.name) : '';
  };
}

function compileList(list: List<unknown>, depth: number): Write {
  const indent = `\n${'  '.repeat(depth)}`;
  const start = `${indent}<${list.name}>`;
  const end = `${indent}</${list.name}>`;
  const repeated = compile(list.repeated, depth + 1);
  return (item, subject) => {
    let body = '';
    for (const entry of list.of(item, subject) ?? []) {
      body += repeated(entry, subject);
    }
    if (body !== '') {
      return start + body + end;
    }
    return list.required ? missing(list.name) : '';
  };
}

function compileAttribute(attribute: Attribute<unknown>): Write {
  const start = ` ${attribute.name}="`;
  const { plain } = attribute.type;
  return (item, subject) => {
    const value = attribute.value(item, subject);
    if (value === undefined) {
      return attribute.required ? missing(attribute.name) : '';
    }
    return `${start}${plain ? value : escapeAttribute(value)}"`;
  };
}

/** Only an operation that was never checked gets here; a file without a required element must not leave the hub. */
function missing(name: string): never {
  throw new Error(`a value for the required ${name} is missing: the operation was not checked before it was written`);
}
