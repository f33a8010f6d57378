/** What a run writes to, a directory or a table: checked, filled, published to and cleaned. */
package io.paritree.spark.output;
