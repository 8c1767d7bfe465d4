import * as z from 'zod';
import { type Route, route } from '../../core/http/route.ts';
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

const query = z.object({ reason });

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
  const revoke = (path: string, summary: string) =>
    route({
      method: 'DELETE',
      path,
      right: 'tickets.manage',
      summary,
      params: clientParams.extend({ serial: z.string().max(80).optional() }),
      query,
      answer: revokedAnswer,
      async handle({ params, query: { reason: why }, caller }) {
        const input = { client: params.name, serial: params.serial, reason: why };
        const revoked = await database.transaction((tx) => revokeCertificate(tx, caller, input));
        return { revoked: revoked.map(({ serial, notAfter }) => ({ serial, notAfter })) };
      },
    });
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
    revoke('/clients/:name/certificates/:serial', 'Revoke a certificate; its connections are cut within a second'),
    revoke('/clients/:name/certificates', 'Revoke every certificate of a client'),
  ];
}
