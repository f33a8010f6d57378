package io.paritree.spark.input;

import io.paritree.record.CsvLines;
import io.paritree.record.RecordFormatException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/** Opens CSV files; a file's name shows whether it is compressed. */
public final class CsvFiles {
  private CsvFiles() {}

  /**
   * Opens a file and reads its header. Files of empty partitions have no header, and thus no
   * columns.
   *
   * @param name the file's name in messages
   */
  public static CsvLines open(Path file, String name, Configuration hadoop)
      throws IOException, RecordFormatException {
    InputStream raw = file.getFileSystem(hadoop).open(file);
    InputStream content;
    try {
      CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
      content = codec == null ? raw : codec.createInputStream(raw);
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }

    return CsvLines.openPart(content, name);
  }
}
