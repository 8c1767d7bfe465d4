/** The value of NODE_OPTIONS under which a process takes the time for so many milliseconds later than it is. */
export const aheadBy = (milliseconds: number): string =>
  `--import=data:text/javascript,${encodeURIComponent(`
  const { now } = Date, { instant } = Temporal.Now;
  Date.now = () => now() + ${milliseconds};
  Temporal.Now.instant = () => instant().add({ milliseconds: ${milliseconds} });
`)}`;
