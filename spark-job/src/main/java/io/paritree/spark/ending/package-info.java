/**
 * How a run ends: its outcome with the exit code, and the exceptions that end it.
 *
 * <p>Knows nothing else.
 */
package io.paritree.spark.ending;
