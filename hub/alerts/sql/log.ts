import { statement } from '../../core/database/statement.ts';

export const insertLog = statement('alerts.insertLog', 'INSERT INTO alerts_log (level, login, text) VALUES ($1, $2, $3)');
