import { containerState } from '@quarterdeck/trpc/container-state'
import { Panel, StateBadge } from '@quarterdeck/ui'

import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'
import { Age } from '../console/time.tsx'
import type { AnyObject, ContainerSpec, ContainerStatus, PodSpecPart } from './any-object.ts'
import { Facts, type Fact } from './facts.tsx'

export interface ContainersProps {
  spec: PodSpecPart
  status: AnyObject['status']
  namespace: string
  /** Whether these are the containers of pods to be made, not of one that is. */
  isTemplate: boolean
}

export function Containers({ spec, status, namespace, isTemplate }: ContainersProps) {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]
  const all = [
    ...(spec.initContainers ?? []).map((container) => ({ container, isInit: true })),
    ...(spec.containers ?? []).map((container) => ({ container, isInit: false })),
  ]
  return (
    <Panel title={isTemplate ? 'Containers of its pods' : 'Containers'}>
      <div className="divide-y divide-line">
        {all.map(({ container, isInit }) => (
          <Container
            key={container.name}
            container={container}
            isInit={isInit}
            status={isTemplate ? undefined : statuses.find((s) => s.name === container.name)}
            namespace={namespace}
          />
        ))}
      </div>
    </Panel>
  )
}

function Container({
  container,
  isInit,
  status,
  namespace,
}: {
  container: ContainerSpec
  isInit: boolean
  status: ContainerStatus | undefined
  namespace: string
}) {
  const last = status?.lastState?.terminated
  const state = status && containerState({ spec: container, status })
  return (
    <div className="pt-3 pb-1">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4">
        <h3 className="font-medium">{container.name}</h3>
        {isInit && <span className="rounded bg-hover px-1.5 text-xs text-muted">init</span>}
        {state && <StateBadge text={state.text} tone={state.tone} reason={state.reason} className="text-sm" />}
        {status?.state?.running?.startedAt && (
          <span className="text-xs text-muted">
            for <Age time={status.state.running.startedAt} />
          </span>
        )}
        {status && status.restartCount > 0 && <span className="text-xs text-muted tabular-nums">{status.restartCount} restarts</span>}
      </div>
      {state?.reason && <p className="px-4 pt-1 text-xs break-words">{state.reason}</p>}
      {state?.detail && <p className="px-4 pt-1 font-mono text-xs break-words text-muted">{state.detail}</p>}
      <Facts
        facts={[
          [
            'Image',
            <code key="image" className="font-mono text-xs break-all">
              {container.image}
            </code>,
          ],
          [
            'Last ended',
            last && (
              <span key="last">
                {last.reason ?? 'ended'}, exit code {last.exitCode}
                {last.finishedAt && (
                  <>
                    , <Age time={last.finishedAt} /> ago
                  </>
                )}
                {last.message && <span className="block text-xs text-muted">{last.message}</span>}
              </span>
            ),
          ],
          [
            'Command',
            container.command && (
              <code key="command" className="font-mono text-xs whitespace-pre-wrap">
                {container.command.join(' ')}
              </code>
            ),
          ],
          [
            'Arguments',
            container.args && (
              <code key="args" className="font-mono text-xs whitespace-pre-wrap">
                {container.args.join(' ')}
              </code>
            ),
          ],
          [
            'Ports',
            container.ports?.map((port) => `${port.name ? `${port.name} ` : ''}${port.containerPort}/${port.protocol ?? 'TCP'}`).join(', '),
          ],
          ['Asks for', amounts(container.resources?.requests)],
          ['At most', amounts(container.resources?.limits)],
          ...environmentFacts(container, namespace),
          [
            'Mounts',
            container.volumeMounts && container.volumeMounts.length > 0 && (
              <ul key="mounts">
                {container.volumeMounts.map((mount) => (
                  <li key={mount.mountPath} className="font-mono text-xs break-all">
                    {mount.mountPath}{' '}
                    <span className="text-muted">
                      from {mount.name}
                      {mount.readOnly && ', read-only'}
                    </span>
                  </li>
                ))}
              </ul>
            ),
          ],
        ]}
      />
    </div>
  )
}

function amounts(resources: Record<string, string> | undefined): string | undefined {
  const parts = Object.entries(resources ?? {}).map(([name, amount]) => `${amount} ${name}`)
  return parts.length > 0 ? parts.join(', ') : undefined
}

function environmentFacts({ env = [], envFrom = [] }: ContainerSpec, namespace: string): Fact[] {
  if (env.length === 0 && envFrom.length === 0) return []
  return [
    [
      'Environment',
      <ul key="env" className="flex flex-col gap-0.5">
        {env.map(({ name, value, valueFrom }) => (
          <li key={name} className="font-mono text-xs break-all">
            {name}={value ?? <span className="text-muted">{sourceText(valueFrom)}</span>}
          </li>
        ))}
        {envFrom.map(({ prefix = '', configMapRef, secretRef }) => {
          const name = configMapRef?.name ?? secretRef?.name ?? ''
          const resource = configMapRef ? 'configmaps' : 'secrets'
          return (
            <li key={`${resource}/${name}`} className="text-xs text-muted">
              {prefix && `${prefix}* from `}all of{' '}
              <Link href={objectHref({ resource, namespace, name })} className="text-accent hover:underline">
                {resource === 'secrets' ? 'secret' : 'config map'} {name}
              </Link>
            </li>
          )
        })}
      </ul>,
    ],
  ]
}

function sourceText(source: NonNullable<ContainerSpec['env']>[number]['valueFrom']): string {
  const [kind, reference] = Object.entries(source ?? {})[0] ?? []
  if (!kind || !reference) return "''"
  if (reference.fieldPath ?? reference.resource) return `(${reference.fieldPath ?? reference.resource})`
  return `(${kind === 'secretKeyRef' ? 'secret' : 'config map'} ${reference.name ?? ''}, key ${reference.key ?? ''})`
}
