/** Kinds of modules that this server knows: what instances are made of (spec 2.9). */
export const MODULE_KINDS = [
  { id: 1, name: 'npay', title: 'Абонплата' },
  { id: 2, name: 'inet', title: 'Интернет' },
  { id: 3, name: 'rscm', title: 'Разовые и помесячные услуги' },
  { id: 4, name: 'bill', title: 'Счета' },
] as const;

export type ModuleKind = (typeof MODULE_KINDS)[number]['name'];

export const isModuleKind = (name: string): name is ModuleKind => MODULE_KINDS.some((kind) => kind.name === name);
