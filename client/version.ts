/** Version of the program. A constant, because the bundled program has no package.json beside it; a test keeps the two in step. */
export const VERSION = '0.1.0';
