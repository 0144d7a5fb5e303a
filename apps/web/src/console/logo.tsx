/** A ship's wheel. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden>
      <g fill="none" stroke="var(--accent)" strokeWidth="2.4" strokeLinecap="round">
        <circle cx="16" cy="16" r="7.5" />
        <circle cx="16" cy="16" r="1.6" fill="var(--accent)" />
        <path d="M16 2.5v6M16 23.5v6M2.5 16h6M23.5 16h6M6.5 6.5l4.2 4.2M21.3 21.3l4.2 4.2M25.5 6.5l-4.2 4.2M10.7 21.3l-4.2 4.2" />
      </g>
    </svg>
  )
}
