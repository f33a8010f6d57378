/**
 * JSON for documents that are read and written rarely: the manifest, golden rows, cards, the output
 * of commands.
 *
 * <p>Knows faults and nearest names. Knows no model, no package and no callers' records, which
 * {@code io.paritree.record} reads.
 */
package io.paritree.json;
