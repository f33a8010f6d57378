package io.paritree.spark.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.paritree.Sha256;
import io.paritree.output.PartitionManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A published partition that is changed as a forger would. */
record ForgedPartition(Path directory) {
  private static final ObjectMapper JSON = new ObjectMapper();

  List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.getFileName().toString().endsWith(".parquet"))
          .sorted()
          .toList();
    }
  }

  Path manifest() {
    return directory.resolve(PartitionManifest.FILE);
  }

  ObjectNode read() throws IOException {
    return (ObjectNode) JSON.readTree(manifest().toFile());
  }

  /** Changes the manifest. */
  void edit(Consumer<ObjectNode> change) throws IOException {
    ObjectNode json = read();
    change.accept(json);
    Files.write(manifest(), JSON.writeValueAsBytes(json));
  }

  /** Adds to a number of the manifest. */
  void add(String number, int more) throws IOException {
    edit(json -> json.put(number, json.get(number).asLong() + more));
  }

  /** Writes the file that has a key again, with other rows. */
  void rewrite(long key, UnaryOperator<Dataset<Row>> change) throws IOException {
    for (Path file : files()) {
      Dataset<Row> rows = TestSpark.interpreting().read().parquet(file.toString());
      if (rows.where("parcel_id = " + key).isEmpty()) {
        continue;
      }

      Path written = directory.resolveSibling("_written");
      change.apply(rows).coalesce(1).write().parquet(written.toString());
      Files.delete(file);
      Files.move(new ForgedPartition(written).files().get(0), file);
      FileUtils.deleteDirectory(written.toFile());
      return;
    }

    throw new IllegalArgumentException("There is no row %s in %s".formatted(key, directory));
  }

  /** Gives the row with a key another value. */
  void set(long key, String column, String expression) throws IOException {
    rewrite(
        key,
        rows ->
            rows.selectExpr(
                Stream.of(rows.columns())
                    .map(
                        name ->
                            name.equals(column)
                                ? "if(parcel_id = %s, %s, %s) as %s"
                                    .formatted(key, expression, name, name)
                                : name)
                    .toArray(String[]::new)));
  }

  /** Gives the row with a key a score with another last bit. */
  void flip(long key) throws IOException {
    set(key, "score", "cast(score + %s as float)".formatted(Math.ulp(0.5f)));
  }

  /** Makes the manifest fit the files: their lengths and digests, and rows. */
  void fit() throws IOException {
    edit(
        json -> {
          for (JsonNode file : json.get("files")) {
            Path path = directory.resolve(file.get("name").asText());
            try {
              ((ObjectNode) file).put("bytes", Files.size(path));
              ((ObjectNode) file).put("sha256", Sha256.hex(Files.readAllBytes(path)));
              ((ObjectNode) file)
                  .put("rows", TestSpark.interpreting().read().parquet(path.toString()).count());
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          }
        });
  }

  /** Makes the manifest one of an earlier version, without digests, that fits the files. */
  void forgetDigests() throws IOException {
    fit();
    edit(json -> json.get("files").forEach(file -> ((ObjectNode) file).remove("sha256")));
  }
}
