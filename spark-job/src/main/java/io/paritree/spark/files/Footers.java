package io.paritree.spark.files;

import io.paritree.spark.input.HadoopPaths;
import io.paritree.store.Location;
import java.io.IOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;

/** The footers of Parquet files in an output. */
public final class Footers {
  private Footers() {}

  /**
   * What the footer of a file says.
   *
   * @param length of the file, in bytes
   * @param bytes the length of its values before they were compressed
   */
  public record Footer(long length, long rows, long bytes) {}

  /** Returns what the footer of a file says. */
  public static Footer read(Location file, Configuration hadoop) throws IOException {
    Path path = HadoopPaths.of(file);
    HadoopInputFile found = HadoopInputFile.fromPath(path, hadoop);
    try (ParquetFileReader reader =
        ParquetFileReader.open(found, HadoopReadOptions.builder(hadoop, path).build())) {
      long bytes = reader.getRowGroups().stream().mapToLong(BlockMetaData::getTotalByteSize).sum();
      return new Footer(found.getLength(), reader.getRecordCount(), bytes);
    }
  }

  /**
   * Returns how many rows a file has.
   *
   * @param hadoop settings of Hadoop's clients
   */
  public static long rows(Location file, Map<String, String> hadoop) throws IOException {
    Configuration settings = new Configuration();
    hadoop.forEach(settings::set);
    return read(file, settings).rows();
  }
}
