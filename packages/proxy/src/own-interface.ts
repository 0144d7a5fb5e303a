import { runProgram } from './nft.ts'

/** Makes an interface that leads nowhere, to hold addresses of this machine, unless it is there. Names have at most 15 characters. */
export async function ensureInterface(name: string): Promise<void> {
  if (!(await exists(name))) await addInterface(name)
  await runProgram('ip', ['link', 'set', name, 'up'])
}

export async function removeInterface(name: string): Promise<void> {
  if (await exists(name)) await runProgram('ip', ['link', 'delete', name])
}

/** Not every kernel has dummy interfaces; a bridge that nothing is attached to does as well, and Docker needs those anyway. */
async function addInterface(name: string): Promise<void> {
  const add = (type: string) => runProgram('ip', ['link', 'add', name, 'type', type])
  await add('dummy').catch(() => add('bridge'))
}

const exists = (name: string): Promise<boolean> =>
  runProgram('ip', ['link', 'show', name]).then(
    () => true,
    () => false,
  )
