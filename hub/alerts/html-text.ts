const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** What XML and HTML know no character for; a program that shows the page may make anything of these. */
const FORBIDDEN = /[\p{Cc}--[\t\n]]/gv;

/** Text for HTML, inside elements and inside quoted attributes. @example escapeHtml('<b> & "c"') // '&lt;b&gt; &amp; &quot;c&quot;' */
export const escapeHtml = (text: string): string => text.replace(FORBIDDEN, '').replace(/[&<>"']/g, (found) => ESCAPES[found] as string);
