import { idCursor } from '../core/http/page.ts';

/** Cursors of this module's lists. */
export const listCursor = idCursor('c1', 'after: this is no cursor that a list of callbacks answered; leave it out for the first page');
