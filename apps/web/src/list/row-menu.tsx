import type { KindInfo, RowData } from '@quarterdeck/trpc'
import { IconButton, Menu } from '@quarterdeck/ui'
import { EllipsisVertical } from 'lucide-react'

import { ActionItems } from '../actions/action-items.tsx'

export function RowMenu({ kind, row }: { kind: KindInfo; row: RowData }) {
  return (
    <Menu
      trigger={
        <IconButton
          label={`Actions for ${row.name}`}
          size="small"
          tabIndex={-1}
          className="opacity-60 group-hover:opacity-100 focus-visible:opacity-100"
        >
          <EllipsisVertical />
        </IconButton>
      }
    >
      <ActionItems kind={kind} object={row} />
    </Menu>
  )
}
