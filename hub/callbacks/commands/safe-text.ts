/** A foreign text of several lines for a terminal: what would move its cursor, or change what stands there, is shown as a sign. */
export const safeText = (text: string): string =>
  text.replaceAll('\r\n', '\n').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) => (sign === '\n' || sign === '\t' ? sign : '\ufffd'));
