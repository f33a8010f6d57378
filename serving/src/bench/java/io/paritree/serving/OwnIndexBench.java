package io.paritree.serving;

import io.paritree.lookup.IndexManifest;
import io.paritree.lookup.IndexManifest.ShardFile;
import io.paritree.lookup.LookupIndex;
import io.paritree.lookup.parquet.PartitionIndexing;
import io.paritree.lookup.parquet.Room;
import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.output.TestManifest;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** How fast a server builds the index of published files: of an integer key and a score. */
final class OwnIndexBench {
  private static final long ROW_GROUP = 8L << 20;
  private static final MessageType TYPE =
      MessageTypeParser.parseMessageType(
          """
          message spark_schema {
            optional int64 id;
            optional float score;
            optional binary model_version (STRING);
          }""");

  private final Path directory;
  private final int rows;

  OwnIndexBench(Path directory, int rows) {
    this.directory = directory;
    this.rows = rows;
  }

  String run() throws IOException {
    Path output = Files.createDirectories(directory.resolve("plain"));
    Path file = output.resolve("part-0.zstd.parquet");
    write(file);
    PartitionManifest published = manifest(file);
    Path to = Files.createDirectories(directory.resolve("own"));
    Location at = Location.of(output);
    PartitionIndexing indexing = new PartitionIndexing(FileStore.of(at), at, at, "", published);
    long[] taken = {0};
    long cpu = LookupBench.cpu();
    indexing.build(
        to,
        new Room() {
          @Override
          public void need(long bytes) {}

          @Override
          public void take(long bytes) {
            taken[0] += bytes;
          }
        });
    double seconds = (LookupBench.cpu() - cpu) / 1e9;
    IndexManifest built = LookupIndex.manifest(to);
    long bytes = built.shards().stream().mapToLong(ShardFile::bytes).sum();
    return String.format(
        Locale.ROOT,
        "{\"rows\": %s, \"rowsPerCpuSecond\": %.0f, \"bytesPerRow\": %.1f, \"writtenPerRow\": %.1f}",
        built.rows(),
        rows / seconds,
        (double) bytes / rows,
        (double) taken[0] / rows);
  }

  private void write(Path file) throws IOException {
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withType(TYPE)
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(ROW_GROUP)
            .withDictionaryEncoding("id", false)
            .withDictionaryEncoding("score", false)
            .build()) {
      for (int row = 0; row < rows; row++) {
        writer.write(
            new SimpleGroup(TYPE)
                .append("id", LookupBench.key(row))
                .append("score", LookupBench.score(row))
                .append("model_version", "m/1"));
      }
    }
  }

  private PartitionManifest manifest(Path file) throws IOException {
    DataFile written =
        new DataFile(file.getFileName().toString(), Files.size(file), rows, Optional.empty());
    return TestManifest.ofRun(
        1, "", "bench-00000001", 0, List.of("id"), List.of("score"), List.of(written));
  }
}
