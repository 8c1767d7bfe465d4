import { idCursor } from '../core/http/page.ts';

/** Cursors of this module's lists; those of the changes feed are others (feed-cursor.ts). */
export const listCursor = idCursor('v1');
