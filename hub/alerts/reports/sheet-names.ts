/** Characters of the name of a sheet, in every version of Excel. */
const LONGEST = 31;
const FORBIDDEN = /[[\]:*?/\\]/g;

/**
 * Names of sheets as a workbook can hold them: at most 31 characters, none of them `[ ] : * ? / \`, no apostrophe at an end, no two alike.
 * @param taken names in lower case that the workbook has; the new one is added
 */
export function sheetName(wanted: string, taken: Set<string>): string {
  const clean = wanted
    .replace(FORBIDDEN, ' ')
    .replace(/^'+|'+$/g, '')
    .trim();
  const base = clean === '' ? 'Sheet' : clean;
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : ` (${number})`;
    const name = base.slice(0, LONGEST - suffix.length).toWellFormed() + suffix;
    if (taken.has(name.toLowerCase())) continue;
    taken.add(name.toLowerCase());
    return name;
  }
}
