// What an answer means that is none of Prometheus' API.

/** The error message for the client. */
export function explainAnswer(status: number, type: string | undefined): string {
  const answered = `answered HTTP ${status}`;
  if (status === 401 || status === 403)
    return `${answered}: it refuses the credentials; check basic_auth, authorization or headers of query`;
  if (status === 404) return `${answered}: there is no /api/v1 below it; check query.url`;
  if (status >= 500 || status === 429) return `${answered}; ask again later`;
  const what = type?.split(';')[0]?.trim();
  return `${answered} with ${what ? `${what} ` : ''}content that is no answer of Prometheus' API; check query.url`;
}
