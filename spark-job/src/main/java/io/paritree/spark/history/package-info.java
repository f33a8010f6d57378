/** The table to which runs append what they have compared, and its rows. */
package io.paritree.spark.history;
