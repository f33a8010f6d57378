/**
 * Tables whose content a log or a catalog lists.
 *
 * <p>Knows no format of them.
 */
package io.paritree.spark.tables;
