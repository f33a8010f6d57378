/**
 * What a run is asked to do: the command line, and the settings that result from it and from the
 * configuration file.
 *
 * <p>The only room of the job that knows the command line library. Knows no Spark.
 */
package io.paritree.spark.settings;
