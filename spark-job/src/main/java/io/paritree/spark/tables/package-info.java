/**
 * Tables of which a log or a catalog says what is in them.
 *
 * <p>Knows the public interfaces of the formats. What only their internals can do is in {@code
 * spark.versions}.
 */
package io.paritree.spark.tables;
