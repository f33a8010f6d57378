package io.paritree.spark.run;

import java.nio.file.Path;

/** Names of Parquet files. */
final class Parquets {
  private Parquets() {}

  static boolean isParquet(Path file) {
    return file.getFileName().toString().endsWith(".parquet");
  }
}
