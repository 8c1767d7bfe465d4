/** A type or a class as it stands in the tree. */
interface TypeNode {
  readonly id: number;
  readonly parentId: number | null;
  readonly isClass: boolean;
  readonly editable: boolean;
  readonly payback: boolean;
}

export interface TypeTree<T extends TypeNode> {
  readonly node: T;
  readonly children: readonly TypeTree<T>[];
}

/** Which types are wanted; what is left out does not matter. */
export interface TypeFilter {
  /** Only those that are used by hand. */
  readonly editable?: boolean | undefined;
  readonly isClass?: boolean | undefined;
  readonly payback?: boolean | undefined;
}

/** What an old caller says by a number: 1 yes, 0 and less: any (observed: all types are asked for by 0). */
export const editableOnly = (number: number | null | undefined): true | undefined => (number === 1 ? true : undefined);

export const fits = ({ editable, isClass, payback }: TypeFilter, type: TypeNode): boolean =>
  (editable === undefined || type.editable === editable) &&
  (isClass === undefined || type.isClass === isClass) &&
  (payback === undefined || type.payback === payback);

/**
 * The types that fit, in their classes, in the order in which they were given. A class is there for what it holds; an empty one only when asked for.
 * A node whose class is unknown stands at the top.
 */
export function typeTree<T extends TypeNode>(types: readonly T[], filter: TypeFilter, showEmpty: boolean): TypeTree<T>[] {
  const known = new Set(types.map(({ id }) => id));
  const byParent = Map.groupBy(types, ({ parentId }) => (parentId !== null && known.has(parentId) ? parentId : 0));
  const below = (id: number): TypeTree<T>[] =>
    (byParent.get(id) ?? []).flatMap((node) => {
      const children = below(node.id);
      const wanted = node.isClass ? showEmpty || children.length > 0 : fits(filter, node);
      return wanted ? [{ node, children }] : [];
    });
  return below(0);
}

/** A node with its place in the tree. */
export interface PlacedType<T> {
  readonly node: T;
  /** Classes above it. */
  readonly level: number;
  /** Titles from the top to it. */
  readonly path: string;
}

/** The same tree laid flat, each class before what stands in it. */
export function flatTree<T extends TypeNode & { readonly title: string }>(
  types: readonly T[],
  filter: TypeFilter,
  showEmpty: boolean,
): PlacedType<T>[] {
  const flatten = (trees: readonly TypeTree<T>[], level: number, above: string): PlacedType<T>[] =>
    trees.flatMap(({ node, children }) => {
      const path = above + node.title;
      return [{ node, level, path }, ...flatten(children, level + 1, `${path} / `)];
    });
  return flatten(typeTree(types, filter, showEmpty), 0, '');
}

/** True when a node would come to stand below itself. */
export function makesCircle(types: readonly TypeNode[], id: number, parentId: number): boolean {
  const parents = new Map(types.map((type) => [type.id, type.parentId]));
  const seen = new Set<number>();
  for (let at: number | null | undefined = parentId; at != null && !seen.has(at); at = parents.get(at)) {
    if (at === id) return true;
    seen.add(at);
  }
  return false;
}
