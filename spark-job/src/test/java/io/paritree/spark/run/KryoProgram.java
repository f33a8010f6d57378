package io.paritree.spark.run;

import io.paritree.spark.sql.ModelCatalog;
import io.paritree.spark.sql.Paritree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What a user's program does with a model, by SQL and by the call on a Dataset. */
final class KryoProgram {
  private KryoProgram() {}

  /**
   * @param arguments the model, the rows, their columns, and the file for what comes of them
   */
  public static void main(String[] arguments) throws Exception {
    SparkSession session = SparkSession.builder().getOrCreate();
    List<String> lines = new ArrayList<>();
    try {
      lines.addAll(bySql(session, arguments[0], arguments[1], arguments[2]));
    } catch (Exception e) {
      lines.add("SQL refused: " + e.getMessage());
    }

    try {
      lines.addAll(byDataset(session, arguments[0], arguments[1], arguments[2]));
    } catch (Exception e) {
      lines.add("Dataset refused: " + e.getMessage());
    }

    Files.write(Path.of(arguments[3]), lines);
    session.stop();
  }

  static List<String> bySql(SparkSession session, String model, String rows, String columns) {
    session.conf().set("spark.sql.catalog.paritree", ModelCatalog.class.getName());
    session.read().schema(columns).parquet(rows).createOrReplaceTempView("parcels");
    return texts(
        session.sql(
            "SELECT parcel_id, paritree.`%s`.score(struct(*)) AS score FROM parcels"
                .formatted(model)));
  }

  static List<String> byDataset(SparkSession session, String model, String rows, String columns)
      throws Exception {
    return texts(
        Paritree.model(model)
            .keys("parcel_id")
            .score(session.read().schema(columns).parquet(rows))
            .select("parcel_id", "score"));
  }

  private static List<String> texts(Dataset<Row> scored) {
    return scored.collectAsList().stream()
        .map(
            row ->
                row.get(0)
                    + " "
                    + (row.isNullAt(1) ? "none" : Float.floatToRawIntBits(row.getFloat(1))))
        .sorted()
        .toList();
  }
}
