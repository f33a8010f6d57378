package io.paritree.spark.input;

import io.paritree.store.Location;
import org.apache.hadoop.fs.Path;

/** Locations as Hadoop and Spark name them: nothing is decoded or escaped. */
public final class HadoopPaths {
  private HadoopPaths() {}

  /** Returns a location as a Hadoop path. */
  public static Path of(Location location) {
    return location.isLocal()
        ? new Path("file", "", location.toString())
        : new Path(location.toString());
  }
}
