import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const ITERATIONS = 4_096;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const derive = promisify(pbkdf2);

/**
 * What PostgreSQL stores of a password (RFC 5802, `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`). Made here, so that the password itself is in no
 * statement and no log of the database.
 * @param password printable ASCII
 */
export async function scramVerifier(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const salted = await derive(password, salt, ITERATIONS, KEY_BYTES, 'sha256');
  const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`;
}
