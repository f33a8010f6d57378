/**
 * The JVM flags of Spark's own launcher, for the build. Knows nothing else of Paritree, and no room
 * knows it.
 */
package io.paritree.spark.launch;
