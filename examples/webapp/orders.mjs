const PATIENCE_MS = 10_000;

/**
 * Asks the orders service. Gives `{status, orders}` for 200, and `{status, reason}` otherwise; an
 * orders service that cannot be reached is 503.
 */
export async function fetchOrders(url, accessToken) {
  try {
    const response = await fetch(new URL('/orders', url), {
      headers: { authorization: `Bearer ${accessToken}` },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const body = await response.json();
    if (response.ok) return { status: 200, orders: body.orders };
    return { status: response.status, reason: body.error_description };
  } catch {
    return { status: 503 };
  }
}
