import { idCursor } from '../core/http/page.ts';

/** Cursors of this module's lists. */
export const listCursor = idCursor('a1', 'after: this is no cursor that a list of alerts answered; leave it out for the first page');
