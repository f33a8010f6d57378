package io.paritree.spark.run;

import io.paritree.spark.sql.ModelCatalog;
import io.paritree.spark.sql.Paritree;
import java.nio.file.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * A user's program, for any Spark: scores a table by the functions for SQL and by the call on a
 * Dataset. The job's jar comes by {@code --jars}.
 */
public final class SqlProgram {
  private SqlProgram() {}

  /**
   * @param arguments the model, the input, and the directory for the outputs {@code sql} and {@code
   *     dataset}
   */
  public static void main(String[] arguments) throws Exception {
    SparkSession session = SparkSession.builder().appName("sql program").getOrCreate();
    run(session, arguments[0], arguments[1], Path.of(arguments[2]));
    session.stop();
  }

  static void run(SparkSession session, String model, String rows, Path outputs) throws Exception {
    session.conf().set("spark.sql.catalog.paritree", ModelCatalog.class.getName());
    Dataset<Row> input = session.read().parquet(rows);
    Column called =
        functions.call_function(
            "paritree.`%s`.score".formatted(model), functions.struct(functions.col("*")));
    input.withColumn("called", called).createOrReplaceTempView("parcels");
    session
        .sql(
            """
            SELECT parcel_id, called, p.score, p.label, p.margin, to_json(p.faults) AS faults,
                   to_json(paritree.`%1$s`.reasons(struct(*), 2)) AS reasons
            FROM (SELECT *, paritree.`%1$s`.predict(struct(*)) AS p FROM parcels)"""
                .formatted(model))
        .write()
        .parquet(outputs.resolve("sql").toString());
    Paritree.model(model)
        .keys("parcel_id")
        .withMargin()
        .withFaults()
        .score(input)
        .write()
        .parquet(outputs.resolve("dataset").toString());
  }
}
