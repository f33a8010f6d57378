package io.paritree.spark.run;

import io.paritree.spark.score.Quarantine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;

/**
 * The rows of one way to score, in a form that is the same for all ways: key, scores, margins,
 * label where there is one, {@code model_version}, and {@code codes} of the faults.
 */
final class ScoredRows {
  private ScoredRows() {}

  /**
   * Calls the function {@code predict} of the catalog {@code paritree}; a client of Spark Connect
   * may call this.
   *
   * @param model below the catalog's store, or an absolute path
   */
  static Dataset<Row> byFunction(Dataset<Row> rows, String key, String model) {
    Column predicted =
        functions.call_function(
            "paritree.`%s`.predict".formatted(model), functions.struct(functions.col("*")));
    return withCodes(
        rows.select(functions.col(key), predicted.as("p"))
            .select(functions.col(key), functions.col("p.*")));
  }

  /** Replaces {@code faults} by {@code codes}. */
  static Dataset<Row> withCodes(Dataset<Row> scored) {
    String codes = "array_join(array_distinct(transform(faults, fault -> fault.code)), ',')";
    return scored.withColumn("codes", functions.expr(codes)).drop("faults");
  }

  /** Reads what a run of the job with {@code --margin} has published and quarantined. */
  static Dataset<Row> ofJob(Path output, String key) throws IOException {
    Dataset<Row> published =
        TestSpark.interpreting()
            .read()
            .parquet(output.toString())
            .withColumn("codes", functions.lit(null).cast("string"));
    Path runs = output.resolveSibling("_paritree").resolve(output.getFileName()).resolve("runs");
    List<Path> quarantines;
    try (Stream<Path> ended = Files.list(runs)) {
      quarantines = ended.map(run -> run.resolve("quarantine")).filter(Files::exists).toList();
    }

    if (quarantines.isEmpty()) {
      return published;
    }

    String version = published.select("model_version").first().getString(0);
    Column[] columns =
        Stream.of(published.schema().fields())
            .map(field -> quarantined(field, key, version).as(field.name()))
            .toArray(Column[]::new);
    return published.union(
        TestSpark.interpreting().read().parquet(quarantines.get(0).toString()).select(columns));
  }

  private static Column quarantined(StructField field, String key, String version) {
    if (field.name().equals(key)) {
      return functions.col(key);
    }

    return switch (field.name()) {
      case "codes" -> functions.array_join(functions.col(Quarantine.CODES), ",");
      case "model_version" -> functions.lit(version);
      default -> functions.lit(null).cast(field.dataType());
    };
  }

  /**
   * Returns the number of rows and the sum of their hashes, which does not depend on their order.
   * The texts of two floats are the same only if their bits are, since none is NaN.
   */
  static String digest(Iterator<Row> rows) {
    MessageDigest sha;
    try {
      sha = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }

    long count = 0;
    long sum = 0;
    for (; rows.hasNext(); count++) {
      byte[] text = rows.next().toString().getBytes(StandardCharsets.UTF_8);
      sum += ByteBuffer.wrap(sha.digest(text)).getLong();
    }

    return "%s rows, %016x".formatted(count, sum);
  }
}
