package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Reads an output as its readers do. */
final class Scores {
  private Scores() {}

  /** Returns the bits of the score of each {@code parcel_id}; no key may occur twice. */
  static Map<Long, Integer> of(Path output) {
    return of(output.toString());
  }

  /** Returns the bits of the score of each {@code parcel_id}; no key may occur twice. */
  static Map<Long, Integer> of(String output) {
    return of(TestSpark.interpreting().read().parquet(output));
  }

  /** Returns the bits of the score of each {@code parcel_id}; no key may occur twice. */
  static Map<Long, Integer> of(Dataset<Row> output) {
    Map<Long, Integer> scores = new TreeMap<>();
    for (Row row : output.select("parcel_id", "score").collectAsList()) {
      long key = Long.parseLong(row.get(0).toString()); // a text where it comes from CSV
      assertThat(scores.put(key, Float.floatToRawIntBits(row.getFloat(1)))).isNull();
    }

    return scores;
  }

  /** Returns those of some keys. */
  static Map<Long, Integer> only(Map<Long, Integer> all, long from, long to) {
    return where(all, key -> from <= key && key < to);
  }

  /** Returns those of the keys that are wanted. */
  static Map<Long, Integer> where(Map<Long, Integer> all, LongPredicate isWanted) {
    Map<Long, Integer> some = new TreeMap<>(all);
    some.keySet().removeIf(key -> !isWanted.test(key));
    return some;
  }

  /** Returns each file below a directory with its content's hash and its modification time. */
  static Map<String, String> files(Path directory) throws IOException {
    Map<String, String> files = new TreeMap<>();
    if (!Files.exists(directory)) {
      return files;
    }

    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        files.put(
            directory.relativize(file).toString(),
            java.util.Arrays.hashCode(Files.readAllBytes(file))
                + " "
                + Files.getLastModifiedTime(file));
      }
    }

    return files;
  }
}
