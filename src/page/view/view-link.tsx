// Links within the page.

import type { ComponentChildren } from 'preact';
import { useModel } from '../model.js';
import { isOffered, type Place, printPlace } from '../place.js';

type Target = Omit<Place, 'query'> & { readonly query?: string };
interface LinkProps {
  readonly to: Target;
  readonly children?: ComponentChildren;
  readonly class?: string;
  readonly 'aria-current'?: 'page' | undefined;
  readonly 'aria-label'?: string;
}

/** A link to a view of the page; text where the page, being for the public, has no such view. */
export function Link({ to, children, ...rest }: LinkProps) {
  const { root, about } = useModel();
  if (!isOffered(to.view, about.readOnly)) return <span class={rest.class}>{children}</span>;
  return (
    <a {...rest} href={`${root.value}${printPlace(to)}`}>
      {children}
    </a>
  );
}
