// What is wrong with a template, and where.

/** The message begins as Go's: `template: NAME:LINE: ...`, with the column where the template ran. */
export class TemplateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TemplateError';
  }

  /** A mistake in the template's text. */
  static at(name: string, text: string, offset: number, reason: string): TemplateError {
    const line = text.slice(0, offset).split('\n').length;
    return new TemplateError(`template: ${name}:${line}: ${reason}`);
  }
}
