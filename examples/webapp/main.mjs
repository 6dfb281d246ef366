// A small web app that brings its own login page and keeps the tokens on its server.
import { createApp } from './app.mjs';
import { readSettings } from './settings.mjs';

try {
  const settings = readSettings();
  const server = createApp(settings);
  server.on('error', (error) => fail(`${error.message}: set PORT to listen elsewhere`));
  server.listen(settings.port, '127.0.0.1', () => {
    console.log(`webapp: http://127.0.0.1:${server.address().port}, for users of ${settings.tenant} at ${settings.iamUrl}`);
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
} catch (error) {
  fail(error.message);
}

function fail(message) {
  console.error(`webapp: ${message}`);
  process.exit(1);
}
