import { html } from './html.mjs';

function page(title, content) {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} · Order desk</title>
    <link rel="stylesheet" href="/style.css">
  </head>
  <body>${content}</body>
</html>
`;
}

/** The login form. `alert` and `notice` are shown above it; `username` is what was entered before. */
export function loginPage({ csrf, alert, notice, username }) {
  return page('Log in', html`
    <main class="card narrow">
      <h1>Order desk</h1>
      <p class="muted">Log in to see today’s orders.</p>
      ${alert && html`<p class="alert" role="alert">${alert}</p>`}
      ${notice && html`<p class="notice" role="status">${notice}</p>`}
      <form method="post" action="/login">
        <input type="hidden" name="csrf" value="${csrf}">
        <label for="username">User name</label>
        <input id="username" name="username" value="${username}" autocomplete="username" autocapitalize="none"
          spellcheck="false" required maxlength="128"${!username && html` autofocus`}>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required
          maxlength="1024"${username && html` autofocus`}>
        <button class="primary">Log in</button>
      </form>
    </main>`);
}

/** The orders, or why there are none to see. */
export function ordersPage({ csrf, user, expiresAt, result }) {
  return page('Orders', html`
    <header>
      <strong>Order desk</strong>
      <span class="user">${user.name} <span class="muted">at ${user.tenant}</span></span>
      ${button('/logout', 'Log out', csrf)}
    </header>
    <main class="card">
      <h1>Orders</h1>
      ${result.status === 200 ? table(result.orders) : refusal(result)}
      <footer class="muted">
        <span>Access token good until <time datetime="${new Date(expiresAt).toISOString()}">${clock(expiresAt)}</time></span>
        ${button('/renew', 'Renew now', csrf)}
      </footer>
    </main>`);
}

/** Something that is neither the login nor the orders. */
export function messagePage(title, text) {
  return page(title, html`
    <main class="card narrow">
      <h1>${title}</h1>
      <p>${text}</p>
      <p><a href="/">Back to the orders</a></p>
    </main>`);
}

function button(action, label, csrf) {
  return html`<form method="post" action="${action}">
        <input type="hidden" name="csrf" value="${csrf}"><button>${label}</button>
      </form>`;
}

function table(orders) {
  if (orders.length === 0) return html`<p>There are no orders today.</p>`;
  return html`<table>
        <thead><tr><th>Order</th><th>Customer</th><th>Item</th>
          <th class="number">Quantity</th><th class="number">Total</th></tr></thead>
        <tbody>${orders.map((order) => html`
          <tr><td>${order.id}</td><td>${order.customer}</td><td>${order.item}</td>
            <td class="number">${order.quantity}</td><td class="number">${euros(order.total_cents)}</td></tr>`)}
        </tbody>
      </table>`;
}

function refusal({ status, reason }) {
  if (status === 403) {
    return html`<p class="alert" role="alert"><strong>You may not see the orders.</strong>
        The orders service says: ${reason}. Ask whoever manages your account for the role.</p>`;
  }
  return html`<p class="alert" role="alert"><strong>The orders cannot be shown right now.</strong>
        Please try again in a moment.</p>`;
}

const euros = (cents) => new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(cents / 100);
const clock = (time) => new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
