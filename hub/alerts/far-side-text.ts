/**
 * What a far side said, as it can be stored: PostgreSQL's text holds no NUL, and an outcome or a receipt that cannot be stored would be lost.
 * @param most characters
 */
export const storable = (text: string, most: number): string => text.slice(0, most).replaceAll('\0', '\uFFFD').toWellFormed();
