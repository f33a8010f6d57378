/**
 * What a run is asked to do: the command line, the configuration file, and the settings that result
 * from both.
 *
 * <p>The only room of the job that knows the command line library and the configuration library.
 * Knows no Spark.
 */
package io.paritree.spark.settings;
