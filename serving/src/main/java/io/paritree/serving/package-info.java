/**
 * The program: command line, start, stop, and the list of all endpoints.
 *
 * <p>Knows every room of the server except {@code admission} and {@code answer}, which only other
 * rooms use. No room knows it.
 */
package io.paritree.serving;
