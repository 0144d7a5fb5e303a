/** For Prisma's own tools, from the root: `npx prisma migrate deploy --config prisma/prisma.config.ts`. Quarterdeck itself needs none of them. */
export default {
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  datasource: { url: process.env.DATABASE_URL ?? '' },
}
