package io.paritree.spark.input;

import io.paritree.record.CsvLines;
import io.paritree.record.RecordFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/** Opens CSV files, compressed or not, as their names tell. */
public final class CsvFiles {
  private CsvFiles() {}

  /**
   * Opens a file and reads its header, which may name a column twice.
   *
   * @param name what messages call the file
   * @return nothing if the file is empty, as those of empty partitions are
   * @throws RecordFormatException if its first line is no header
   */
  public static Optional<CsvLines> open(Path file, String name, Configuration hadoop)
      throws IOException, RecordFormatException {
    PushbackInputStream content = new PushbackInputStream(content(file, hadoop));
    try {
      int first = content.read();
      if (first < 0) {
        content.close();
        return Optional.empty();
      }

      content.unread(first);
    } catch (IOException | RuntimeException e) {
      content.close();
      throw e;
    }

    return Optional.of(CsvLines.openRepeated(content, name));
  }

  private static InputStream content(Path file, Configuration hadoop) throws IOException {
    InputStream raw = file.getFileSystem(hadoop).open(file);
    try {
      CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
      return codec == null ? raw : codec.createInputStream(raw);
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }
  }
}
