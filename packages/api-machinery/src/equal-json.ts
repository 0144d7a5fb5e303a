import { deepEqual } from 'fast-equals'

/** Whether two values of JSON are the same, whatever the order of keys; a key that is absent and one that is undefined differ. */
export const equalJson = (a: unknown, b: unknown): boolean => deepEqual(a, b)
