import { z } from 'zod';
import { count, describe, MIB, size, text, zone } from './fields.ts';

/** `443`, or `1024-65535`. A YAML file may give a single port as a number. */
const ports = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value),
  z.string().refine((range) => {
    const [, first = '0', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range) ?? [];
    return Number(first) >= 1 && Number(first) <= Number(last) && Number(last) <= 65_535;
  }, 'must be a port from 1 to 65535 or a range such as 1024-65535'),
);

/** `10.0.0.5:8080` or `[fd00::5]:8080`. */
const exactAddress = z.string().refine((address) => {
  const [, four, six, port] = /^(?:([0-9.]+)|\[([0-9A-Fa-f:]+)\]):(\d{1,5})$/.exec(address) ?? [];
  const known = four === undefined ? z.ipv6().safeParse(six).success : z.ipv4().safeParse(four).success;
  return known && Number(port) >= 1 && Number(port) <= 65_535;
}, 'must be an address with a port, such as 127.0.0.1:8081 or [::1]:8081');

/** Settings of the callbacks (specification of callbacks, chapters 5.7 and 6). What one endpoint may choose is not here but in its own settings. */
export const callbacksSection = z
  .strictObject({
    publicUrl: text(
      z.url({ protocol: /^https?$/ }),
      'http:// or https:// URL',
      'Address under which receivers reach the request bins of this hub, without the path. Without it: http.publicUrl.',
    ).optional(),
    slots: count(
      512,
      10,
      10_000,
      'Callbacks that one hub sends at the same time. Half of them is kept for first attempts, a tenth for retries.',
    ),
    leaseSeconds: count(85, 10, 3_600, 'Seconds after which another hub takes over what a dead one was sending.'),
    ports: describe(
      z.array(ports).min(1).max(50).default(['80', '443', '1024-65535']),
      'list',
      'list of ports and ranges',
      'Ports that a receiver may listen on.',
    ),
    networks: describe(
      z
        .array(z.union([z.cidrv4(), z.cidrv6()], 'must be a network such as 10.20.0.0/16'))
        .max(100)
        .default([]),
      'list',
      'list of networks',
      'Private networks in which receivers may be, when their allow-list entry names the network, too. Others are never called.',
    ),
    exactAddresses: describe(
      z.array(exactAddress).max(100).default([]),
      'list',
      'list of address:port',
      'Single addresses with port that are called although they lie in a range that never is, such as loopback. For tests and proxies on this machine.',
    ),
    egressProxy: text(
      z.url({ protocol: /^https?$/ }),
      'http:// or https:// URL',
      'Proxy through which every callback leaves, by CONNECT. The check of resolved addresses is then its duty. HTTP_PROXY has no effect.',
    ).optional(),
    callbackIdZone: text(zone.default('UTC'), 'time zone', 'Zone whose clock @CallbackId counts in ticks.'),
    testsPerMinute: count(10, 1, 1_000, 'Test sendings of one user in a minute.'),
    binRequests: count(200, 1, 10_000, 'Requests that a request bin keeps.'),
    binDays: count(7, 1, 90, 'Days that a request bin keeps them.'),
    binBytes: size(MIB, 1_024, 16 * MIB, 'Largest body that a request bin takes.'),
    warnFailingMinutes: count(15, 1, 10_080, 'Minutes of failures alone after which an endpoint raises a warning.'),
    warnWaitingSeconds: count(60, 1, 86_400, 'Age of the oldest due first attempt, in seconds, at which a warning is raised.'),
  })
  .prefault({});
