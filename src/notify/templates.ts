// The texts of notifications. Comes in: a template and what it is filled with; goes out: text or HTML. Called by receivers.

import type { Notification } from './notification.js';

/** Alertmanager's default templates with the user's own on top. */
export interface Templates {
  /** Fills in a text. @throws TemplateError */
  text(template: string, notification: Notification): string;
  /** The same with values escaped for HTML. @throws TemplateError */
  html(template: string, notification: Notification): string;
}
