package io.paritree.spark.versions;

import org.apache.spark.Partition;
import scala.collection.Seq;

/**
 * The method of {@link org.apache.spark.rdd.RDD} as Scala 2.12 declares it. Because of it, the
 * compiler adds a method that returns this type to the one that Scala 2.13 calls.
 */
interface PreferredHosts {
  Seq<String> getPreferredLocations(Partition task);
}
