/**
 * What waits between requests and a thread of the server, within a bound, and such threads.
 *
 * <p>Knows nothing of what waits.
 */
package io.paritree.serving.queue;
