// `npm run docs`: writes every generated file anew. `npm run check` says when one is out of date.
import { writePages } from './pages.ts';

const changed = writePages();
console.log(changed.length === 0 ? 'Every generated page was up to date.' : changed.map((path) => `written: ${path}`).join('\n'));
