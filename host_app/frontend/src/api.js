/** Calls to Plaza's own addresses and to the API of Spaces, as the member whose page this is. */

/** Milliseconds until a call is given up. */
const TIMEOUT = 8000;

/** The answer as JSON, null for an empty one. Rejects when it is refused or none comes. */
export async function call(method, path, body) {
  const headers = { Accept: 'application/json' };
  if (method !== 'GET') headers['X-CSRFToken'] = document.querySelector('meta[name="csrf-token"]')?.content ?? '';
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const answer = await fetch(path, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

/** The member's id, empty on pages without Spaces. */
export function myId() {
  try {
    return JSON.parse(document.getElementById('spaces-config')?.textContent ?? '{}').me?.user_id ?? '';
  } catch {
    return '';
  }
}
