import { extname } from 'node:path';
import { parseAst } from 'vitest/node';

/** One import of a file, of any form: `import`, `export ... from`, `import()` with a plain text, `import('...').Type`, `import.meta.resolve`-free. */
export interface Import {
  readonly specifier: string;
  /** Line of the statement, from 1. */
  readonly line: number;
  /** True when nothing of it is left at run time: `import type`, `export type`, a type's `import()`, or type names only. */
  readonly typeOnly: boolean;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

function literalText(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === 'TSLiteralType') return literalText(value['literal']);
  return value.type === 'Literal' && typeof value['value'] === 'string' ? value['value'] : undefined;
}

const NAMES_ONLY_TYPES = (node: Node, names: 'specifiers', kind: string): boolean => {
  const list = node[names] as Node[] | undefined;
  return list !== undefined && list.length > 0 && list.every((name) => name[kind] === 'type');
};

/** The import that a node of the syntax tree makes, if it makes one. */
function importAt(node: Node): { specifier: string; typeOnly: boolean } | undefined {
  switch (node.type) {
    case 'ImportDeclaration': {
      const specifier = literalText(node['source']);
      return specifier === undefined
        ? undefined
        : { specifier, typeOnly: node['importKind'] === 'type' || NAMES_ONLY_TYPES(node, 'specifiers', 'importKind') };
    }
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration': {
      const specifier = literalText(node['source']);
      return specifier === undefined
        ? undefined
        : { specifier, typeOnly: node['exportKind'] === 'type' || NAMES_ONLY_TYPES(node, 'specifiers', 'exportKind') };
    }
    case 'ImportExpression': {
      const specifier = literalText(node['source']);
      return specifier === undefined ? undefined : { specifier, typeOnly: false };
    }
    case 'TSImportType': {
      const specifier = literalText(node['source'] ?? node['argument']);
      return specifier === undefined ? undefined : { specifier, typeOnly: true };
    }
    default:
      return undefined;
  }
}

/** All imports of a source text, in the order of their lines. @throws SyntaxError when it cannot be parsed. @param path tells the language. */
export function importsOf(path: string, source: string): Import[] {
  const found: (Omit<Import, 'line'> & { start: number })[] = [];
  const lang = /^\.[cm]?ts$/.test(extname(path)) ? 'ts' : extname(path) === '.tsx' ? 'tsx' : 'js';
  const waiting: unknown[] = [parseAst(source, { lang })];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (Array.isArray(node)) waiting.push(...node);
    else if (isNode(node)) {
      const made = importAt(node);
      if (made) found.push({ ...made, start: node.start });
      waiting.push(...Object.values(node).filter((value) => typeof value === 'object'));
    }
  }
  found.sort((a, b) => a.start - b.start);
  let line = 1;
  let offset = 0;
  return found.map(({ specifier, typeOnly, start }) => {
    for (; offset < start; offset++) if (source.charCodeAt(offset) === 10) line += 1;
    return { specifier, typeOnly, line };
  });
}
