/** Entries of kinds that keep no history stay this long in the log, so that a watch that lost its connection can resume. */
export const transientAgeMs = 5 * 60 * 1000
