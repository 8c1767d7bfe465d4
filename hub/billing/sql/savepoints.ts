import { statement } from '../../core/database/statement.ts';

/** A place in a transaction to which one contract of a list can be taken back. */
export const setSavepoint = statement('billing.savepoint.set', 'SAVEPOINT billing_row');
export const keepSavepoint = statement('billing.savepoint.keep', 'RELEASE SAVEPOINT billing_row');
export const undoToSavepoint = statement('billing.savepoint.undo', 'ROLLBACK TO SAVEPOINT billing_row');
