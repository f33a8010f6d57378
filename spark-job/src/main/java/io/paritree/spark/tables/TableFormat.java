package io.paritree.spark.tables;

import java.io.IOException;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The format of a table. */
public enum TableFormat {
  /**
   * That of the catalog's table; at a path, the one that is found there, Delta if there is none.
   */
  AUTO,
  DELTA,
  ICEBERG;

  /** Returns the format of the table at a path. */
  public TableFormat at(String path, Configuration hadoop) throws IOException {
    if (this != AUTO) {
      return this;
    }

    Path metadata = new Path(path, "metadata");
    FileSystem files = metadata.getFileSystem(hadoop);
    return files.exists(metadata)
            && Arrays.stream(files.listStatus(metadata))
                .anyMatch(file -> file.getPath().getName().contains(".metadata.json"))
        ? ICEBERG
        : DELTA;
  }
}
