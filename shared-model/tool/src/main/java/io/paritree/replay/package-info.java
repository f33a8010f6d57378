/**
 * What a server has answered, scored again: the lines of its prediction log.
 *
 * <p>Knows lines and models; not the server that has written them, nor the command that asks.
 */
package io.paritree.replay;
