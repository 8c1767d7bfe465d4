import { expect } from 'vitest';
import * as z from 'zod';
import { openWorkbench, type Workbench } from './administration.ts';
import { type Rest, startRest } from './rest.ts';

/** REST of the tickets on a database of its own. */
export interface Api {
  readonly bench: Workbench;
  readonly rest: Rest;
  /** What a GET answers as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
  get(path: string): Promise<any>;
  stop(): Promise<void>;
}

export async function openApi(): Promise<Api> {
  const bench = await openWorkbench();
  const rest = await startRest(bench.database, bench.authority);
  return {
    bench,
    rest,
    async get(path) {
      const answer = await rest.send('GET', path);
      expect(answer.json ?? answer.status).toBeInstanceOf(Object);
      return answer.json;
    },
    async stop() {
      await rest.stop();
      await bench.drop();
    },
  };
}

/** What is answered is exactly what the OpenAPI page promises. */
export const strict = <Shape extends z.core.$ZodShape>(schema: z.ZodObject<Shape>) => z.strictObject(schema.shape);
