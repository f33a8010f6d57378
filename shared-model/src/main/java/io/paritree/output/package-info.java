/**
 * The form of an output on disk, as far as the job that writes it and the server that reads it must
 * agree on it.
 *
 * <p>Knows names and their meaning. Knows no store, no model and no Spark.
 */
package io.paritree.output;
