import { statement } from '../../core/database/statement.ts';

/** After a dump was restored, numbers of changes go on above those that were given out (migration 0014). Changes nothing otherwise. */
export const changeNumbersReady = statement('billing.changeNumbersReady', 'SELECT billing_change_numbers_ready()');
