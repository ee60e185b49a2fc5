// Where links lead. Addresses and ids come from outside.

/** An address a link may lead to: http and https alone; undefined for anything else. */
export function webAddress(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const { protocol, href } = new URL(text);
  return protocol === 'http:' || protocol === 'https:' ? href : undefined;
}

/** The id of a service's card; two services never have the same. */
export function anchor(id: string): string {
  return `service-${id.replace(/[^\w.-]/g, sign => `~${sign.charCodeAt(0).toString(16)}~`)}`;
}
