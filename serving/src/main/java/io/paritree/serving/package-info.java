/**
 * The program: command line, start, stop, the management port, and the list of all endpoints.
 *
 * <p>Calls every other room of the server. No room calls it.
 */
package io.paritree.serving;
