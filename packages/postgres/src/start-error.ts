/** Postgres could not be started. The message is one line for the operator: what is wrong and what to do. */
export class PostgresStartError extends Error {
  override readonly name = 'PostgresStartError'
}
