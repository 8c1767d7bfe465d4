import { statement } from '../../core/database/statement.ts';

/** A place in a transaction to which one row of an import can be taken back. */
export const setSavepoint = statement('travel.savepoint.set', 'SAVEPOINT travel_row');
export const keepSavepoint = statement('travel.savepoint.keep', 'RELEASE SAVEPOINT travel_row');
export const undoToSavepoint = statement('travel.savepoint.undo', 'ROLLBACK TO SAVEPOINT travel_row');
