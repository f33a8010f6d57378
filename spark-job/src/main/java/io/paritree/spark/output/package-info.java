/**
 * The directory or table that a run writes to: checked, filled, published to and cleaned; and the
 * columns that its rows have.
 */
package io.paritree.spark.output;
