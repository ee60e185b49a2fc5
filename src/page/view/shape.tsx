// A state's and a severity's sign: its form says what its colour says.

/** Drawn in a field of 16 by 16. */
const FORMS: Readonly<Record<string, preact.JSX.Element>> = {
  healthy: <circle cx="8" cy="8" r="6" />,
  degraded: <path d="M8 1.5 15 14H1z" />,
  unhealthy: <path d="M2 2h12v12H2zM4.5 6.8v2.4h7V6.8z" fill-rule="evenodd" />,
  timeout: (
    <path
      class="line"
      d="M3.5 2h9M3.5 14h9M4.5 2c0 3 3.5 4 3.5 6s-3.5 3-3.5 6M11.5 2c0 3-3.5 4-3.5 6s3.5 3 3.5 6"
    />
  ),
  error: <path class="line bold" d="m3 3 10 10M13 3 3 13" />,
  unknown: <circle class="line dashed" cx="8" cy="8" r="6" />,
  muted: <path class="line" d="M4 11V7a4 4 0 0 1 8 0v4l1 1H3zM7 14.5h2M2 2l12 12" />,
  planned: <path class="line" d="M2.5 3.5h11v10h-11zM2.5 6.8h11M5.5 1.8v3M10.5 1.8v3" />,
  critical: <path d="M2 2h12v12H2zM7 3.8v5h2v-5zM7 10.4v1.8h2v-1.8z" fill-rule="evenodd" />,
  warning: <path d="M8 1.5 15 14H1z" />,
  info: (
    <path d="M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2M7.1 7v4.5h1.8V7zM7.1 4.4v1.6h1.8V4.4z" fill-rule="evenodd" />
  ),
};

/** A state's sign, beside its word. */
export function Shape({ of }: { of: string }) {
  const form = Object.hasOwn(FORMS, of) ? FORMS[of] : FORMS.unknown;
  return (
    <svg class={`shape ${toneOf(of)}`} viewBox="0 0 16 16" aria-hidden="true">
      {form}
    </svg>
  );
}

const TONES: Readonly<Record<string, string>> = {
  critical: 'unhealthy',
  warning: 'degraded',
  info: 'planned',
};

/** The class that colours a state or a severity; always one of ours, whatever the name is. */
export function toneOf(name: string): string {
  if (Object.hasOwn(TONES, name)) return TONES[name] as string;
  return Object.hasOwn(FORMS, name) ? name : 'unknown';
}

/** The page's icon in a state, as the address of an image. */
export function favicon(status: string): string {
  const colors: Readonly<Record<string, string>> = {
    healthy: '#009e73',
    degraded: '#e69f00',
    unknown: '#7d8590',
  };
  const forms: Readonly<Record<string, string>> = {
    healthy: '<circle cx="8" cy="8" r="7"/>',
    degraded: '<path d="M8 1 15.5 15H.5z"/>',
    unknown:
      '<circle cx="8" cy="8" r="5.5" fill="none" stroke="#7d8590" stroke-width="3" stroke-dasharray="3 2"/>',
  };
  const form = forms[status] ?? '<path d="M1 1h14v14H1zM4 6.5v3h8v-3z" fill-rule="evenodd"/>';
  const image = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="${colors[status] ?? '#d55e00'}">${form}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(image)}`;
}
