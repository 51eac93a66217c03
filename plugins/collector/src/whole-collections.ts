import { setFlagsFromString } from 'node:v8';

/** Per cent that the heap, and what hangs outside it, may grow by after a collection of everything. */
const growth = 200;

/**
 * Has V8 collect the whole heap of this process less often.
 *
 * Folklore: a heap that fills slowly may by default grow by little after a collection, and V8 counts the bodies in
 * flight against that, which lie outside it: with reports of 1 MB it went through 36 MB of program up to three times a
 * second and found one to free. Its four threads took both cores for 50 ms each time, and who posted meanwhile waited
 * 60 to 150 ms (`--trace-gc`, and perf; Node 20).
 */
export function collectWholeHeapSeldom(): void {
  setFlagsFromString(`--heap-growing-percent=${growth}`);
}
