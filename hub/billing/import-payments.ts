import * as z from 'zod';
import type { Queryable } from '../core/database/statement.ts';
import { HubError } from '../core/errors.ts';
import { validate } from '../core/http/validate.ts';
import type { Act } from './act.ts';
import { badValue } from './bad-value.ts';
import { findContract } from './find-contract.ts';
import { contractTitled, importAmount, importDay, importId, importLine } from './import-fields.ts';
import type { Change, Importer } from './run-import.ts';
import { savePayment } from './save-payment.ts';
import { paymentTypes } from './sql/money-types.ts';

const rowSchema = z.strictObject({
  external_id: importLine(200),
  source: importLine(200).optional(),
  contract_id: importId.optional(),
  contract: importLine(200).optional(),
  type_id: importId.optional(),
  type: importLine(200).optional(),
  date: importDay.optional(),
  sum: importAmount,
  comment: z.string().max(2_000).optional(),
});
export type PaymentRow = z.output<typeof rowSchema>;

/** Names of the columns, for the help. */
export const PAYMENT_COLUMNS = Object.keys(rowSchema.shape);

export interface PaymentImport {
  readonly db: Queryable;
  /** To look things up with. */
  readonly act: Act;
  readonly change: Change;
  /** Whose external ids they are, where a row does not say it. (Default: the login) */
  readonly source?: string | undefined;
  /** The type of rows that name none. */
  readonly typeId?: number | undefined;
  /** Nothing is kept, so what came before in the file is remembered. */
  readonly dryRun: boolean;
}

/** The one type with this title that rows may have. @throws HubError NOT_FOUND, CONFLICT */
async function typeTitled(db: Queryable, title: string): Promise<number> {
  const types = (await paymentTypes.all(db)).filter((type) => !type.isClass && type.title === title);
  const [type, other] = types;
  if (type && !other) return type.id;
  const shown = JSON.stringify(title);
  if (!type)
    throw new HubError('NOT_FOUND', `there is no type ${shown} of a payment`, {
      reason: 'type',
      russian: `Тип платежа не найден: ${title}`,
    });
  throw new HubError('CONFLICT', `several types of payments are called ${shown}: give type_id`, {
    reason: 'type',
    russian: `Есть несколько типов платежей «${title}», укажите type_id`,
  });
}

/**
 * Payments from a file (spec 9.6). Each has an external id, by which it is paid once, however often the file comes: from here or over any other face.
 * @example for await (const report of runImport(rows, importPayments({ db, act, change, dryRun: false }))) ...
 */
export function importPayments({ db, act, change, source, typeId, dryRun }: PaymentImport): Importer {
  const types = new Map<string, Promise<number>>();
  const typeOf = (row: PaymentRow): Promise<number> => {
    if (row.type === undefined) return Promise.resolve(row.type_id ?? typeId ?? 0);
    if (row.type_id !== undefined) throw badValue('type', 'give type_id or type, not both', 'укажите type_id или type, но не оба');
    const found = types.get(row.type) ?? typeTitled(db, row.type);
    types.set(row.type, found);
    return found;
  };
  const seen = new Map<string, string>();

  const store = async (row: PaymentRow) => {
    if ((row.contract_id === undefined) === (row.contract === undefined))
      throw badValue('contract', 'one of contract_id and contract is needed', 'укажите contract_id или contract');
    const contractId = row.contract_id ?? (await contractTitled(db, act, row.contract ?? ''));
    const type = await typeOf(row);
    const external = { id: row.external_id, source: row.source ?? source };
    const input = { contractId, typeId: type, day: row.date, sum: row.sum, comment: row.comment, external };
    const { ids, replayed, title } = await change(contractId, async (tx, present) => ({
      ...(await savePayment(tx, present, input)),
      title: (await findContract(tx, present, contractId)).title,
    }));
    // A repeat within the file is one in a dry run, too, where nothing is kept.
    const place = `${external.source ?? ''}\n${external.id}`;
    const content = JSON.stringify([contractId, type, row.date ?? null, String(row.sum), row.comment ?? '']);
    const before = seen.get(place);
    if (dryRun) seen.set(place, content);
    if (before !== undefined && before !== content)
      throw new HubError('CONFLICT', `an earlier line has another payment as ${external.id}`, {
        reason: 'external_id',
        russian: `В файле уже есть другой платёж с идентификатором ${external.id}`,
      });
    const repeated = replayed || before !== undefined;
    return { result: repeated ? ('unchanged' as const) : ('created' as const), contractId, title, ids: dryRun && !replayed ? [] : ids };
  };
  return {
    prepare(fields) {
      const row = validate(rowSchema, fields, 'body');
      return { lane: String(row.contract_id ?? row.contract ?? ''), store: () => store(row) };
    },
  };
}
