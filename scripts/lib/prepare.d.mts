export const root: string
export function pinnedNode(): string
export function installDependencies(): Promise<void>
export function generate(): Promise<void>
export function buildDashboard(): Promise<void>
