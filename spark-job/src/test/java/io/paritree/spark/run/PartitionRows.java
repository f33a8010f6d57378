package io.paritree.spark.run;

import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.InputFile;

/**
 * What the files of a partition must hold: all rows of one run. Thread-safe.
 *
 * @param expected rows of each partition
 */
record PartitionRows(long expected, Set<String> violations) {

  /** The rows of a file, and the run that has written it, as its footer says. */
  record Footer(long rows, String run) {
    private static final Pattern RUN = Pattern.compile("\"paritree\\.run\":\"([^\"]*)\"");

    static Footer of(InputFile file) throws IOException {
      try (ParquetFileReader reader = ParquetFileReader.open(file)) {
        String metadata = reader.getFileMetaData().getKeyValueMetaData().toString();
        Matcher run = RUN.matcher(metadata);
        return new Footer(reader.getRecordCount(), run.find() ? run.group(1) : "?");
      }
    }
  }

  PartitionRows(long expected) {
    this(expected, new HashSet<>());
  }

  /**
   * Returns the run whose rows are in the files of a partition; notes if they are not all of it.
   */
  String run(String partition, Collection<Footer> files) {
    long rows = 0;
    Set<String> runs = new HashSet<>();
    for (Footer file : files) {
      rows += file.rows();
      runs.add(file.run());
    }

    if (runs.size() != 1 || rows != expected) {
      synchronized (violations) {
        violations.add("%s holds %s rows of %s".formatted(partition, rows, runs));
      }
    }

    return String.join(",", runs);
  }

  @Override
  public Set<String> violations() {
    synchronized (violations) {
      return Set.copyOf(violations);
    }
  }
}
