import { HubError } from '../../core/errors.ts';
import type { Answer } from '../catalogue/descriptor.ts';
import type { Registry, ServedOperation, ServedService } from '../catalogue/registry.ts';
import { packageOf } from '../catalogue/registry.ts';
import { contractNamed } from '../turns.ts';
import type { Address } from './address.ts';
import { UNKNOWN_TARGET } from './faults.ts';
import { isForbidden } from './forbidden.ts';
import type { CallRequest, Performer, Target } from './perform.ts';

/** What SOAP and JSON share: which operation is meant, and calling it. */

/** @throws HubError NOT_FOUND with the reason UNKNOWN_TARGET: no such service, or a module number missing or too many. */
export function serviceAt(registry: Registry, { packageName, service: name, moduleId }: Address): ServedService {
  const served = registry.service(packageName, name);
  if (!served)
    throw new HubError('NOT_FOUND', `Service not found: ${packageName}/${name}`, {
      reason: UNKNOWN_TARGET,
      russian: `Сервис не найден: ${packageName}/${name}`,
    });
  const { ofModule } = packageOf(served.service.package);
  if (ofModule !== (moduleId !== undefined))
    throw new HubError(
      'NOT_FOUND',
      ofModule ? `${name} needs the number of a module in its address` : `${name} belongs to no module: its address has no number`,
      {
        reason: UNKNOWN_TARGET,
        russian: ofModule ? `В адресе сервиса ${name} нужен номер модуля` : `В адресе сервиса ${name} не бывает номера модуля`,
      },
    );
  return served;
}

/** @throws HubError NOT_FOUND with the reason UNKNOWN_TARGET */
export function operationOf({ service, operations }: ServedService, name: string): ServedOperation {
  const found = operations.get(name);
  if (found) return found;
  throw new HubError('NOT_FOUND', `Operation not found: ${service.name}.${name.slice(0, 100)}`, {
    reason: UNKNOWN_TARGET,
    russian: `Операция не найдена: ${service.name}.${name.slice(0, 100)}`,
  });
}

const targets = new WeakMap<ServedOperation, Target>();

function targetOf(served: ServedOperation): Target {
  const known = targets.get(served);
  if (known) return known;
  const { operation, right, run } = served;
  const place = `${operation.service}.${operation.name}`;
  const target = { place, right, kind: operation.kind, unsupported: run === undefined, forbidden: isForbidden(place) };
  targets.set(served, target);
  return target;
}

/** Calls an operation. @returns its value beside its out-holders. */
export async function callOperation(
  performer: Performer,
  request: CallRequest,
  served: ServedOperation,
  prepare: () => Record<string, unknown>,
): Promise<Answer> {
  const { run, operation } = served;
  const prepared = () => {
    const args = prepare();
    return { args, contract: operation.kind === 'write' ? contractNamed(args) : undefined };
  };
  const answer = await performer.perform(request, targetOf(served), prepared, (call, args) =>
    run ? run(call, args) : Promise.reject(new HubError('INTERNAL')),
  );
  return operation.out.length > 0 ? (answer as Answer) : { value: answer, out: {} };
}
