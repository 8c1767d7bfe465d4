import { z } from 'zod';
import { count } from './fields.ts';

/** Settings of travel (specification of callbacks, chapter 2.8). */
export const travelSection = z
  .strictObject({
    changesDays: count(90, 1, 3_650, 'Days that the feed of changes, /api/v1/changes, is kept.'),
  })
  .prefault({});
