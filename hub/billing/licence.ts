import { MODULE_KINDS } from './module-kinds.ts';

/** One line of the licence. An empty count or date: no bound. */
export interface LicenceItem {
  readonly title: string;
  /** `dd.MM.yyyy` */
  readonly date: string;
  readonly count: string;
}

/** Vestnik is free software: every part without a bound and without an end. */
export const LICENCE: readonly LicenceItem[] = ['Договоры', ...MODULE_KINDS.map(({ title }) => title)].map((title) => ({
  title,
  date: '',
  count: '',
}));
