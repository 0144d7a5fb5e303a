import { SignIn } from '../../src/console/sign-in.tsx'

export default function Page() {
  return <SignIn />
}
