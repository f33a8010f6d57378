package io.paritree.spark;

import static org.apache.spark.sql.functions.call_function;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;

import org.apache.spark.sql.SparkSession;

/** A thin client of Spark Connect: it has neither Spark's jars nor ours. */
public final class ConnectProgram {
  private ConnectProgram() {}

  /**
   * @param arguments the server's port, the store, the input and the output
   */
  public static void main(String[] arguments) throws Exception {
    SparkSession session =
        SparkSession.builder().remote("sc://127.0.0.1:" + arguments[0]).getOrCreate();
    session.conf().set("spark.sql.catalog.paritree", "io.paritree.spark.sql.ModelCatalog");
    session.conf().set("spark.sql.catalog.paritree.store", arguments[1]);
    session
        .read()
        .parquet(arguments[2])
        .select(
            col("parcel_id"),
            call_function("paritree.`parcel-late`.predict", struct(col("*"))).as("p"))
        .select("parcel_id", "p.*")
        .write()
        .parquet(arguments[3]);
    try {
      session.sql("SELECT paritree.`parcel-late`.score(struct(1 AS distanec))").collect();
    } catch (Exception e) {
      System.out.println(e.getMessage());
    }

    session.close();
  }
}
