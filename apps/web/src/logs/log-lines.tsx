import { cn } from '@quarterdeck/ui'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef } from 'react'

import type { ShownLine } from './log-buffer.ts'
import { LogRow } from './log-row.tsx'

export interface LogLinesProps {
  lines: readonly ShownLine[]
  pods: ReadonlyMap<string, number>
  needle: string
  isFollowing: boolean
  onFollow: (next: boolean) => void
  isWrapped: boolean
  hasTimes: boolean
  hasSource: boolean
  isWorkload: boolean
}

const lineHeight = 20
const nearEnd = 40

/** The lines on the screen out of any number. What a reader looks at stays where it is when lines come above it. */
export function LogLines({ lines, pods, needle, isFollowing, onFollow, isWrapped, hasTimes, hasSource, isWorkload }: LogLinesProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 30,
    getItemKey: (index) => lines[index]!.id,
  })
  useEffect(() => {
    if (isFollowing && lines.length > 0) virtualizer.scrollToIndex(lines.length - 1, { align: 'end' })
  }, [isFollowing, lines, virtualizer])
  useEffect(() => virtualizer.measure(), [isWrapped, virtualizer])
  const anchor = useRef<{ id: number; index: number; from: number }>(undefined)
  useLayoutEffect(() => {
    if (isFollowing || !anchor.current) return
    const { id, index, from } = anchor.current
    const now = lines[index]?.id === id ? index : lines.findIndex((line) => line.id === id)
    if (now < 0 || now === index) return
    anchor.current.index = now
    const [top] = virtualizer.getOffsetForIndex(now, 'start') ?? []
    if (top !== undefined) virtualizer.scrollToOffset(top + from)
  }, [isFollowing, lines, virtualizer])

  return (
    <div
      ref={scroller}
      role="log"
      aria-label="Log"
      tabIndex={0}
      className="focus-ring min-h-0 flex-1 overflow-auto bg-surface font-mono text-xs leading-5"
      onWheel={(event) => event.deltaY < 0 && isFollowing && onFollow(false)}
      onKeyDown={(event) => ['ArrowUp', 'PageUp', 'Home'].includes(event.key) && isFollowing && onFollow(false)}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        const top = virtualizer.getVirtualItemForOffset(scrollTop)
        const line = top && lines[top.index]
        anchor.current = line && { id: line.id, index: top.index, from: scrollTop - top.start }
        if (!isFollowing && scrollHeight - scrollTop - clientHeight < 2 && scrollTop > nearEnd) onFollow(true)
      }}
    >
      <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => (
          <div
            key={item.key}
            ref={virtualizer.measureElement}
            data-index={item.index}
            className={cn('absolute top-0 left-0 px-3 sm:px-5', isWrapped ? 'w-full' : 'min-w-full')}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <LogRow
              line={lines[item.index]!}
              podNumber={pods.get(lines[item.index]!.pod) ?? 0}
              needle={needle}
              isWrapped={isWrapped}
              hasTime={hasTimes}
              hasSource={hasSource}
              isWorkload={isWorkload}
            />
          </div>
        ))}
      </div>
    </div>
  )
}
