import { notFound } from 'next/navigation'

import { ConsoleLoader } from '../../src/console/console-loader.tsx'

// Every address of the console is this one page: it reads the address itself, in the browser. Where that shows nothing, the server
// around Next has set the status; only Next knows which files it has.
export default async function Page({ params }: { params: Promise<{ path?: string[] }> }) {
  const [first] = (await params).path ?? []
  if (first === '_next') notFound()
  return <ConsoleLoader />
}
