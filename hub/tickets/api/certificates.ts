import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
import type { Caller } from '../../core/identity/caller.ts';
import type { HubPorts } from '../../core/module.ts';
import { buildBundle, connectOf } from '../build-bundle.ts';
import { reason } from '../client.ts';
import { issueCertificate, pemOf } from '../issue-certificate.ts';
import { revokeCertificate } from '../revoke-certificate.ts';
import { clientParams } from './clients.ts';

const request = z
  .strictObject({
    days: z.int().min(1).max(1_825).optional().meta({ description: 'Days of validity; without it tickets.clientDays' }),
    csr: z.string().min(1).max(20_000).optional().meta({ description: 'A PKCS#10 request in PEM: the client keeps its own key' }),
  })
  .prefault({});

const query = z.strictObject({ reason });

const issuedAnswer = z.object({
  serial: z.string(),
  fingerprint: z.string().meta({ description: 'SHA-256 of the DER form, hexadecimal' }),
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime(),
  pem: z
    .string()
    .meta({ description: 'The PEM file: certificate and, unless a request was sent, the key, which is answered here and nowhere else' }),
  ca: z.string().meta({ description: 'ca.crt' }),
});
const revokedAnswer = z.object({ revoked: z.array(z.object({ serial: z.string(), notAfter: z.iso.datetime() })) });

/** Bundle and certificates of a client. */
export function certificateRoutes({ database, authority, configuration }: HubPorts): Route[] {
  const { tickets } = configuration;
  /** @param serial of the one certificate; undefined for all of the client. */
  const revoke = async (caller: Caller, client: string, serial: string | undefined, why: string) => {
    const revoked = await database.transaction((tx) => revokeCertificate(tx, caller, { client, serial, reason: why }));
    return { revoked: revoked.map((certificate) => ({ serial: certificate.serial, notAfter: certificate.notAfter })) };
  };
  return [
    route({
      method: 'POST',
      path: '/clients/:name/bundle',
      right: 'tickets.manage',
      summary: 'Make the kit of a client, once: its first certificate, ca.crt and Stat_Client.conf in a zip',
      params: clientParams,
      body: request,
      produces: ['application/zip'],
      status: 201,
      async handle({ params: { name }, body: { days = tickets.clientDays, csr }, caller, reply }) {
        const bundle = await database.transaction((tx) =>
          buildBundle(tx, caller, authority, { client: name, days, csrPem: csr, connect: connectOf(tickets) }),
        );
        return reply
          .type('application/zip')
          .header('content-disposition', `attachment; filename="${bundle.fileName}"`)
          .header('cache-control', 'no-store')
          .send(Buffer.from(bundle.zip.buffer));
      },
    }),
    route({
      method: 'POST',
      path: '/clients/:name/certificates',
      right: 'tickets.manage',
      summary: 'Issue a new certificate; earlier ones stay valid',
      params: clientParams,
      body: request,
      answer: issuedAnswer,
      status: 201,
      async handle({ params: { name }, body: { days = tickets.clientDays, csr }, caller, reply }) {
        const issued = await database.transaction((tx) => issueCertificate(tx, caller, authority, { client: name, days, csrPem: csr }));
        reply.header('cache-control', 'no-store');
        const { serial, fingerprint, notBefore, notAfter } = issued;
        return { serial, fingerprint: fingerprint.toString('hex'), notBefore, notAfter, pem: pemOf(issued), ca: authority.rootPem };
      },
    }),
    route({
      method: 'DELETE',
      path: '/clients/:name/certificates/:serial',
      right: 'tickets.manage',
      summary: 'Revoke a certificate; its connections are cut within a second',
      params: clientParams.extend({ serial: z.string().max(80) }),
      query,
      answer: revokedAnswer,
      handle: ({ params: { name, serial }, query: { reason: why }, caller }) => revoke(caller, name, serial, why),
    }),
    route({
      method: 'DELETE',
      path: '/clients/:name/certificates',
      right: 'tickets.manage',
      summary: 'Revoke every certificate of a client',
      params: clientParams,
      query,
      answer: revokedAnswer,
      handle: ({ params: { name }, query: { reason: why }, caller }) => revoke(caller, name, undefined, why),
    }),
  ];
}
