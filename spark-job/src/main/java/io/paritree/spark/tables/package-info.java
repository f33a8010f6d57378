/**
 * Tables of which a log or a catalog says what is in them.
 *
 * <p>Knows no format of them.
 */
package io.paritree.spark.tables;
