/**
 * The stored scores in service: fetches the indexes of published partitions, opens them, and looks
 * keys up.
 *
 * <p>Uses partitions, keys and rows. Nothing here makes an index or depends on a model.
 */
package io.paritree.serving.stored;
