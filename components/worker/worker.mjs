// The Worker's entry: starts the WebAssembly instance, and another when it broke.
import module from './build/iam_worker_bg.wasm';
import { __wbg_reset_state as restart, fetch as answer, initSync } from './build/iam_worker.js';

initSync({ module });

// A panic, exhausted memory or an overflown stack ends the request that had it, with a 500 by the
// runtime, and leaves the instance in the middle of something: the next request gets a new one.
let broken = false;
addEventListener('error', ({ error }) => {
  broken ||= error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
});

export default {
  fetch(request, env, context) {
    if (broken) {
      restart();
      broken = false;
    }
    return answer(request, env, context);
  },
};
