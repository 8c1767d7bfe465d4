import type { AirSegment } from '../control/schema.ts';
import { two } from './people.ts';
import { type Price, write } from './prices.ts';
import type { Random } from './random.ts';

type Airport = { city: string; port: string; terminal?: string };

const AIRPORTS: readonly Airport[] = [
  { city: 'MOW', port: 'DME' },
  { city: 'MOW', port: 'SVO', terminal: 'B' },
  { city: 'МОВ', port: 'ВНК', terminal: 'A' },
  { city: 'LED', port: 'LED', terminal: '1' },
  { city: 'OVB', port: 'OVB' },
  { city: 'СОЧ', port: 'СОЧ' },
  { city: 'KZN', port: 'KZN', terminal: '1A' },
  { city: 'ALA', port: 'ALA' },
  { city: 'TYO', port: 'NRT', terminal: '2' },
  { city: 'KWI', port: 'KWI', terminal: '1' },
  { city: 'IST', port: 'IST' },
];

export type Airline = { code: string; prefix: string };
export const AIRLINES: readonly Airline[] = [
  { code: 'S7', prefix: '421' },
  { code: 'SU', prefix: '555' },
  { code: 'ЮТ', prefix: '298' },
  { code: 'U6', prefix: '262' },
  { code: 'KC', prefix: '465' },
];

export type Journey = { segments: AirSegment[]; fareCalc: string };

/**
 * One to six flights, the fare on the first of each component. Now and then the way back is open (no flight, no date) or a surface
 * sector lies between (void, no carrier).
 */
export function makeJourney(random: Random, airline: Airline, from: Temporal.PlainDate, fare: Price): Journey {
  const stops = [random.pick(AIRPORTS)];
  const legs = random.pick([1, 1, 2, 2, 2, 3, 4, 6]);
  while (stops.length <= legs) {
    const next = random.pick(AIRPORTS);
    if (next.city !== stops.at(-1)?.city) {
      stops.push(next);
    }
  }
  const openReturn = legs > 1 && random.chance(0.1);
  const surface = legs > 2 && random.chance(0.3) ? 1 : -1;
  let day = from;
  const segments: AirSegment[] = [];
  for (let index = 0; index < legs; index++) {
    day = day.add({ days: random.int(1, 9) });
    const [start, end] = stops.slice(index, index + 2);
    if (start === undefined || end === undefined) {
      break;
    }
    if (index === surface) {
      segments.push({ number: index + 1, void: true, from: { city: start.city }, to: { city: end.city } });
      continue;
    }
    const isOpen = openReturn && index === legs - 1;
    segments.push({ ...makeFlight(random, airline, start, end, day, isOpen, index), ...(index === 0 && { fare: write(fare) }) });
  }
  const first = stops[0]?.city ?? '';
  const way = stops.slice(1).map((stop, index) => (index === surface ? `//${stop.city}` : `${airline.code} ${stop.city}`));
  return { segments, fareCalc: `${first} ${way.join(' ')}${write(fare)}${fare.currency}${write(fare)}END` };
}

function makeFlight(
  random: Random,
  airline: Airline,
  start: Airport,
  end: Airport,
  day: Temporal.PlainDate,
  isOpen: boolean,
  index: number,
): AirSegment {
  const letter = random.pick(['Y', 'Y', 'B', 'M', 'Q', 'Э', 'C']);
  const same = {
    number: index + 1,
    coupon: index + 1,
    carrier: airline.code,
    class: letter,
    fareBasis: `${letter}${random.pick(['OW', 'RT', 'FLEX', 'PROMO7'])}`,
  };
  if (isOpen) {
    return { ...same, from: { city: start.city }, to: { city: end.city } };
  }
  const hour = random.int(0, 17);
  const later = hour + random.int(1, 6);
  return {
    ...same,
    flight: random.digits(random.int(3, 4)),
    from: { ...start, date: day.toString(), time: `${two(hour)}:${random.pick(['05', '15', '40', '55'])}` },
    to: { ...end, date: day.toString(), time: `${two(later)}:${random.pick(['00', '10', '35', '50'])}` },
  };
}
