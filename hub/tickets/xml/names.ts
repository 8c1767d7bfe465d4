import type { Passenger } from '../control/schema.ts';

/** PASS: the two-character document type glued to the number. */
export function passOf(passenger: Passenger): string | undefined {
  return passenger.document === undefined ? undefined : passenger.document.type + passenger.document.number;
}

/** SURNAME where FIO has no element of its own (spec 3.3, 3.4): as given, else the half of `fio` before the slash. Never empty. */
export function surnameOf(passenger: Passenger): string {
  if (passenger.surname !== undefined) {
    return passenger.surname;
  }
  const slash = passenger.fio.indexOf('/');
  return slash > 0 ? cut(passenger.fio.slice(0, slash)) : cut(passenger.fio);
}

/** NAME beside SURNAME: as given, else the half of `fio` after the slash; absent when there is nothing behind it. */
export function nameOf(passenger: Passenger): string | undefined {
  if (passenger.name !== undefined) {
    return passenger.name;
  }
  const slash = passenger.fio.indexOf('/');
  const half = slash > 0 ? passenger.fio.slice(slash + 1) : '';
  return half === '' ? undefined : cut(half);
}

/** SURNAME and NAME have 60 characters, FIO has 100. */
function cut(half: string): string {
  return half.length <= 60 ? half : Array.from(half).slice(0, 60).join('');
}
