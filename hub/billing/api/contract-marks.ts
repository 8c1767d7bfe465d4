import * as z from 'zod';
import { expectedVersion } from '../../core/http/if-match.ts';
import { type Route, route } from '../../core/http/route.ts';
import { labelContract } from '../label-contract.ts';
import { listMarks } from '../list-marks.ts';
import { markContract } from '../mark-contract.ts';
import { requireContractVersion } from '../require-version.ts';
import { contractParams, idText, versionField } from './fields.ts';
import type { BillingApiPorts } from './ports.ts';

const titled = z.object({ id: z.int(), title: z.string() });

export const marksAnswer = z.object({
  groups: z.array(titled),
  labels: z.array(titled),
  version: z.int().meta({ description: 'Of the contract, for If-Match' }),
});

const groupNumber = z.coerce.number().int().min(0).max(62).meta({ description: 'Number of the group, 0 to 62' });
const body = z.strictObject({ version: versionField }).prefault({});

/** Puts a mark on a contract, or takes it off. */
function markRoutes(
  { acts }: BillingApiPorts,
  noun: 'groups' | 'labels',
  number: z.ZodType<number>,
  mark: (...args: Parameters<typeof markContract>) => Promise<void>,
): Route[] {
  const what = noun === 'groups' ? 'group' : 'label';
  const params = contractParams.extend({ mark: number });
  return (['PUT', 'DELETE'] as const).map((method) =>
    route({
      method,
      path: `/contracts/:id/${noun}/:mark`,
      right: 'billing.write',
      summary: method === 'PUT' ? `Put a ${what} on a contract` : `Take a ${what} off a contract`,
      params,
      answer: marksAnswer,
      errors: ['STALE_VERSION'],
      ...(method === 'PUT' && { body }),
      handle: ({ params: { id, mark: which }, body: given, caller, request, reply }) =>
        acts.change(caller, id, async (tx, act) => {
          await requireContractVersion(tx, act, id, expectedVersion(request, given?.version));
          await mark(tx, act, id, which, method === 'PUT');
          const marks = await listMarks(tx, act, id);
          reply.header('etag', `"${marks.version}"`);
          return marks;
        }),
    }),
  );
}

/** Groups and labels of a contract. */
export const contractMarkRoutes = (ports: BillingApiPorts): Route[] => [
  route({
    method: 'GET',
    path: '/contracts/:id/marks',
    right: 'billing.read',
    summary: 'Groups and labels of a contract',
    params: contractParams,
    answer: marksAnswer,
    async handle({ params: { id }, caller, reply }) {
      const marks = await listMarks(ports.database.work, await ports.acts.of(caller), id);
      reply.header('etag', `"${marks.version}"`);
      return marks;
    },
  }),
  ...markRoutes(ports, 'groups', groupNumber, markContract),
  ...markRoutes(ports, 'labels', idText, labelContract),
];
