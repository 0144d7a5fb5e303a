import type { WhatIfAnswer } from '@quarterdeck/trpc'
import { Panel, ToneIcon, type Tone } from '@quarterdeck/ui'
import type { ReactNode } from 'react'

import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'
import { AnswerList } from './answer-list.tsx'
import { NodeUseTable } from './node-use-table.tsx'

const because: Readonly<Record<WhatIfAnswer['landed'][number]['because'], string>> = {
  drain: 'evicted from',
  'lost node': 'lost with',
  scale: 'new',
  preemption: 'preempted on',
  waiting: 'waits already',
}

const ends: Readonly<Record<WhatIfAnswer['gone'][number]['why'], string>> = {
  'daemon-set': 'of a DaemonSet, which keeps to its nodes',
  static: 'run by the node itself',
  unmanaged: 'no controller makes another',
  'scaled down': 'fewer are wanted',
}

/** The answer: what matters most first. */
export function AnswerView({ answer }: { answer: WhatIfAnswer }) {
  const { counts } = answer
  const facts: [count: number, text: string, tone: Tone][] = [
    [counts.blocked, 'held up by a disruption budget', 'bad'],
    [counts.stuck, 'left without a node', 'bad'],
    [counts.preempted, 'preempted', 'warning'],
    [counts.gone, 'ended', 'warning'],
    [counts.losingData, 'losing the data of an emptyDir', 'warning'],
    [counts.landed, 'with a node', 'good'],
    [counts.staying, 'left where they are', 'neutral'],
  ]
  const shown = facts.filter(([count]) => count > 0)
  return (
    <div className="flex flex-col gap-3 sm:gap-4" aria-label="Answer" role="region">
      <ul className="flex flex-wrap gap-x-5 gap-y-1.5 text-sm" aria-label="In short">
        {shown.map(([count, text, tone]) => (
          <li key={text} className="flex items-center gap-1.5">
            <ToneIcon tone={tone} /> <span className="font-medium tabular-nums">{count.toLocaleString()}</span>{' '}
            {count === 1 ? 'pod' : 'pods'} {text}
          </li>
        ))}
        {shown.length === 0 && <li className="text-muted">Nothing would change.</li>}
        {answer.waiting.before > 0 && (
          <li className="text-muted">
            {answer.waiting.before} waiting before, {answer.waiting.after} of them after
          </li>
        )}
      </ul>
      {!answer.isComplete && (
        <p className="flex items-center gap-1.5 text-sm">
          <ToneIcon tone="warning" /> Time ran out: this is not all of it.
        </p>
      )}
      <NodeUseTable nodes={answer.nodes} />
      <AnswerList title="Held up by a disruption budget" items={answer.blocked} total={counts.blocked}>
        {({ node, message }) => (
          <>
            {message}; stays on <NodeLink node={node} />
          </>
        )}
      </AnswerList>
      <AnswerList title="Left without a node" items={answer.stuck} total={counts.stuck}>
        {({ message, summary, because: why, from }) => (
          <>
            <span title={message}>{shortly(summary) || message}</span> <Muted>{from ? `${because[why]} ${from}` : because[why]}</Muted>
          </>
        )}
      </AnswerList>
      <AnswerList title="Preempted" items={answer.preempted} total={counts.preempted}>
        {({ node, by }) => (
          <>
            makes way on <NodeLink node={node} /> for {by}
          </>
        )}
      </AnswerList>
      <AnswerList title="Ended" items={answer.gone} total={counts.gone}>
        {({ node, why }) => (
          <>
            {ends[why]} {node && <Muted>on {node}</Muted>}
          </>
        )}
      </AnswerList>
      <AnswerList title="With a node" items={answer.landed} total={counts.landed}>
        {({ node, from, because: why }) => (
          <>
            to <NodeLink node={node} /> <Muted>{from ? `${because[why]} ${from}` : because[why]}</Muted>
          </>
        )}
      </AnswerList>
      <AnswerList title="Left where they are" items={answer.staying} total={counts.staying}>
        {({ why }) => ends[why]}
      </AnswerList>
      <Panel title="Good to know">
        <ul className="list-disc px-8 py-3 text-sm text-muted">
          {answer.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
          <li>
            Of nodes that are equally good, the scheduler may take another than here. Pods count as ready as soon as they have a node.
          </li>
        </ul>
      </Panel>
    </div>
  )
}

/** What most nodes lack first. */
const shortly = (summary: WhatIfAnswer['stuck'][number]['summary']): string =>
  summary
    .toSorted((a, b) => b.nodes - a.nodes)
    .map(({ nodes, reasons }) => `${nodes.toLocaleString()} ${reasons.join(', ')}`)
    .join(', ')

function NodeLink({ node }: { node: string }) {
  return (
    <Link href={objectHref({ resource: 'nodes', name: node })} className="font-medium hover:text-accent hover:underline">
      {node}
    </Link>
  )
}

const Muted = ({ children }: { children: ReactNode }) => <span className="text-xs text-muted">{children}</span>
