import type { FetchProof } from '../verify-allow-ownership.ts';
import type { Sender } from './sender.ts';

const TIMEOUT = 10_000;
const HEADERS = [['User-Agent', 'Vestnik']] as const;

/** Reads the token of a request from its address: through the guard, as every attempt goes. */
export const createFetchProof =
  (sender: Sender): FetchProof =>
  async (url, entry) => {
    const result = await sender.send({
      url,
      method: 'GET',
      headers: HEADERS,
      body: undefined,
      connectTimeout: TIMEOUT / 2,
      timeout: TIMEOUT,
      tls: undefined,
      organizationId: null,
      entry,
    });
    return result.kind === 'answer' && result.status === 200 && !result.cut ? result.body : undefined;
  };
