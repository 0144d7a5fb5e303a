import { Button, Input, Select } from '@quarterdeck/ui'
import { useId, useState, type FormEvent } from 'react'

import { useKinds } from '../api/use-kinds.ts'
import { useObjectSearch } from '../api/use-object-search.ts'
import { allScaleKinds, type WhatIfStep } from './steps.ts'

const actions = { drain: 'Drain node', lose: 'Lose node', add: 'Add nodes like', scale: 'Scale' } as const

type Action = keyof typeof actions

/** Puts a step together; of a workload by `namespace/name`. */
export function StepForm({ isFirst, onAdd }: { isFirst: boolean; onAdd: (step: WhatIfStep) => void }) {
  const [action, setAction] = useState<Action>('drain')
  const [node, setNode] = useState('')
  const [kind, setKind] = useState(allScaleKinds[0]!)
  const [workload, setWorkload] = useState('')
  const [count, setCount] = useState('1')
  const namesId = useId()
  const { kinds } = useKinds()
  const found = useObjectSearch(action === 'scale' ? workload : node, kinds)
  const names = found.flatMap(({ kind: { resource, kind: foundKind }, row }) => {
    if (action === 'scale') return foundKind === kind ? [`${row.namespace}/${row.name}`] : []
    return resource === 'nodes' ? [row.name] : []
  })
  const step = stepOf({ action, node, kind, workload, count })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!step) return
    onAdd(step)
    setNode('')
    setWorkload('')
  }
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2 border-t border-line px-4 py-3 first:border-t-0">
      <Select label="What is to happen" value={action} onChange={(event) => setAction(event.target.value as Action)}>
        {Object.entries(actions).map(([id, text]) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </Select>
      {action === 'scale' ? (
        <>
          <Select label="Kind" value={kind} onChange={(event) => setKind(event.target.value as typeof kind)}>
            {allScaleKinds.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </Select>
          <Input
            aria-label="Workload"
            placeholder="namespace/name"
            list={namesId}
            value={workload}
            onChange={(event) => setWorkload(event.target.value.trim())}
            className="!w-56"
          />
          <span className="text-sm">to</span>
        </>
      ) : (
        <Input
          aria-label="Node"
          placeholder="node"
          list={namesId}
          value={node}
          onChange={(event) => setNode(event.target.value.trim())}
          className="!w-56"
        />
      )}
      <datalist id={namesId}>
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {(action === 'scale' || action === 'add') && (
        <Input
          aria-label={action === 'scale' ? 'Replicas' : 'How many'}
          inputMode="numeric"
          value={count}
          onChange={(event) => setCount(event.target.value.trim())}
          className="!w-20 text-center tabular-nums"
        />
      )}
      <Button type="submit" look={isFirst ? 'primary' : 'plain'} disabled={!step}>
        {isFirst ? 'Ask' : 'Add the step'}
      </Button>
    </form>
  )
}

interface Fields {
  action: Action
  node: string
  kind: (typeof allScaleKinds)[number]
  workload: string
  count: string
}

/** Undefined while something is missing. */
function stepOf({ action, node, kind, workload, count }: Fields): WhatIfStep | undefined {
  const number = /^\d{1,5}$/.test(count) ? Number(count) : undefined
  if (action === 'scale') {
    const [namespace, name] = workload.split('/')
    return namespace && name && number !== undefined ? { action, kind, namespace, name, replicas: number } : undefined
  }
  if (node === '') return undefined
  if (action !== 'add') return { action, node }
  return number ? { action, like: node, count: number } : undefined
}
