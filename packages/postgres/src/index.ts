export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.ts'
export { PostgresStartError } from './start-error.ts'
export { migrate, type MigrateOptions, MigrationError } from './migrate.ts'
