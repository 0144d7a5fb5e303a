import { IconButton, Menu, MenuItem, MenuLabel, MenuSeparator } from '@quarterdeck/ui'
import { useQuery } from '@tanstack/react-query'
import { CircleUser, Keyboard, LogOut } from 'lucide-react'

import { forgetDrafts } from '../editor/drafts.ts'
import { api } from '../api/trpc.ts'

export function UserMenu({ onHelp }: { onHelp: () => void }) {
  const { data } = useQuery({ queryKey: ['me'], queryFn: () => api.session.me.query(), staleTime: Infinity })
  const signOut = async (): Promise<void> => {
    await api.session.signOut.mutate()
    forgetDrafts()
    location.assign('/sign-in')
  }
  return (
    <Menu
      trigger={
        <IconButton label="Account">
          <CircleUser />
        </IconButton>
      }
    >
      <MenuLabel>Signed in as {data?.userName ?? '…'}</MenuLabel>
      <MenuSeparator />
      <MenuItem onSelect={onHelp}>
        <Keyboard aria-hidden /> Keyboard shortcuts
      </MenuItem>
      <MenuItem onSelect={() => void signOut()}>
        <LogOut aria-hidden /> Sign out
      </MenuItem>
    </Menu>
  )
}
