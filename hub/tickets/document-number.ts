/**
 * The spellings under which a number that a person typed may be stored: as it stands, and without the spaces and hyphens that people and
 * printouts put into ticket numbers (`421-4200000001`). Paper documents may have a hyphen of their own, so both are looked up.
 */
export function numberSpellings(typed: string): string[] {
  const whole = typed.trim().toUpperCase();
  return [...new Set([whole, whole.replace(/[\s-]/g, '')])].filter((spelling) => spelling !== '');
}
