import { ConsoleLoader } from '../../src/console/console-loader.tsx'

// Every address of the console is this one page: it reads the address itself, in the browser.
export default function Page() {
  return <ConsoleLoader />
}
