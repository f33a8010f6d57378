package io.paritree.serving;

import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.output.StateDirectory;
import io.paritree.output.TestManifest;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/**
 * An output as the job publishes it without an index: Parquet files by day, with a quarantine.
 *
 * <p>Row {@code n} of {@code count} has the key {@code first + n}, a score that depends on it and
 * on the publication, and the text {@code note}.
 */
public final class PublishedRows {
  /** Hadoop's own settings are long files, which each writer would read. */
  private static final Configuration NO_SETTINGS = new Configuration(false);

  private static final MessageType SCORED =
      MessageTypeParser.parseMessageType(
          """
          message spark_schema {
            optional int64 loan_id;
            optional binary note (STRING);
            optional float score;
            optional binary label (STRING);
            optional binary model_version (STRING);
          }\
          """);
  private static final MessageType QUARANTINED =
      MessageTypeParser.parseMessageType(
          """
          message spark_schema {
            optional double weight;
            optional int64 loan_id;
            optional binary _output_partition (STRING);
            optional binary _faults_json (STRING);
          }\
          """);

  private final Path output;
  private int runs;

  public PublishedRows(Path output) {
    this.output = output;
  }

  public Path path() {
    return output;
  }

  /** Returns the number of the last publication. */
  public int runs() {
    return runs;
  }

  /** Returns the score of a key in a publication. */
  public static float score(int run, long key) {
    return run + key / 4_096f;
  }

  /** Returns the files with the rows of a partition. */
  public Path file(String partition) {
    return output.resolve(partition).resolve("part-0.zstd.parquet");
  }

  public Path manifest(String partition) {
    return output.resolve(partition).resolve(PartitionManifest.FILE);
  }

  /** Publishes a partition, new or not: rows, one that could not be scored, and one twice. */
  public void publish(String partition, long first, int count, String note) throws IOException {
    publish(partition, first, count, note, PublishedRows::score);
  }

  /** The score of a row. */
  @FunctionalInterface
  public interface Scores {
    float of(int run, long key);
  }

  /** Publishes a partition with scores of the caller's. */
  public void publish(String partition, long first, int count, String note, Scores scores)
      throws IOException {
    String run = "run%s-%08x".formatted(++runs, runs);
    Path staged = Files.createDirectories(output.resolveSibling("staged-" + run));
    Path file = staged.resolve("part-0.zstd.parquet");
    try (ParquetWriter<Group> rows = writer(file, SCORED)) {
      for (int row = 0; row < count + 2; row++) {
        long key = first + Math.min(row, count);
        Group group =
            new SimpleGroup(SCORED)
                .append("loan_id", key)
                .append("score", scores.of(runs, key))
                .append("label", "v%sk%s".formatted(runs, key))
                .append("model_version", "m/" + runs);
        if (!note.isEmpty()) {
          group.append("note", note);
        }

        rows.write(group);
      }
    }

    Files.createDirectories(output);
    Location state = StateDirectory.of(Location.of(output.toRealPath()));
    Path quarantine = StateDirectory.quarantine(state, run).get(1).toPath();
    Files.createDirectories(quarantine);
    try (ParquetWriter<Group> rows = writer(quarantine.resolve("q.zstd.parquet"), QUARANTINED)) {
      for (String of : List.of(partition, "day=1900-01-01")) {
        rows.write(
            new SimpleGroup(QUARANTINED)
                .append("loan_id", first + count + 1)
                .append("_output_partition", of)
                .append(
                    "_faults_json",
                    "[{\"field\":\"weight\",\"code\":\"missing_value\",\"got\":\"no value\","
                        + "\"expected\":\"a value\"}]"));
      }
    }

    Files.write(
        staged.resolve(PartitionManifest.FILE), manifest(partition, run, Files.size(file), count));
    Path to = output.resolve(partition);
    if (Files.exists(to)) {
      Files.move(to, output.resolveSibling("old-" + run), StandardCopyOption.ATOMIC_MOVE);
    }

    Files.move(staged, to, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Replaces the file of a partition by one of a single row, with a decimal of this many bytes. */
  public void replace(String partition, String column, int bytes) throws IOException {
    String name = column.split(" ")[2];
    MessageType type =
        MessageTypeParser.parseMessageType(
            SCORED.toString().replaceFirst("optional \\w+ " + name + "\\b[^;]*", column));
    byte[] digits = new byte[bytes];
    Arrays.fill(digits, (byte) 0x5a);
    Path staged = output.resolveSibling("staged-decimal");
    try (ParquetWriter<Group> rows = writer(staged, type)) {
      Group group = new SimpleGroup(type).append("score", 1f).append("model_version", "m/9");
      if (!name.equals("loan_id")) {
        group.append("loan_id", 7L);
      }

      group.add(name, Binary.fromConstantByteArray(digits));
      rows.write(group);
    }

    Files.move(staged, file(partition), StandardCopyOption.REPLACE_EXISTING);
    Files.write(
        manifest(partition),
        manifest(partition, "run%s-%08x".formatted(runs, runs), Files.size(file(partition)), -1));
  }

  private static ParquetWriter<Group> writer(Path file, MessageType type) throws IOException {
    return ExampleParquetWriter.builder(new LocalOutputFile(file))
        .withConf(NO_SETTINGS)
        .withType(type)
        .withCompressionCodec(CompressionCodecName.ZSTD)
        .withRowGroupSize(1L << 20)
        .build();
  }

  private byte[] manifest(String partition, String run, long bytes, int count) {
    return TestManifest.ofRun(
            runs,
            partition,
            run,
            1,
            List.of("loan_id"),
            List.of("score"),
            List.of(new DataFile("part-0.zstd.parquet", bytes, count + 2, Optional.empty())))
        .toJson();
  }
}
