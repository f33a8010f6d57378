package io.paritree.spark.run;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.Trigger;

/**
 * A user's program on the thin client of Spark Connect: it has no jar of Paritree. Prints what it
 * gets back.
 */
public final class ConnectProgram {
  private ConnectProgram() {}

  /**
   * Scores the same rows in one session for each model, all of which are open at the same time, and
   * then as a stream by the first model.
   *
   * @param arguments the server, the input, its key, where the stream goes, and for each model the
   *     store and the name
   */
  public static void main(String[] arguments) throws Exception {
    String input = arguments[1];
    String key = arguments[2];
    String sink = arguments[3];
    int models = (arguments.length - 4) / 2;
    SparkSession[] sessions = new SparkSession[models];
    for (int index = 0; index < models; index++) {
      sessions[index] = SparkSession.builder().remote(arguments[0]).create();
      sessions[index].conf().set("spark.sql.catalog.paritree.store", arguments[4 + 2 * index]);
    }

    for (int index = 0; index < models; index++) {
      Dataset<Row> rows = sessions[index].read().parquet(input);
      print(ScoredRows.byFunction(rows, key, arguments[5 + 2 * index]));
    }

    SparkSession first = sessions[0];
    Dataset<Row> arriving =
        first.readStream().schema(first.read().parquet(input).schema()).parquet(input);
    ScoredRows.byFunction(arriving, key, arguments[5])
        .writeStream()
        .trigger(Trigger.AvailableNow())
        .option("checkpointLocation", sink + "-checkpoint")
        .option("path", sink)
        .start()
        .awaitTermination();
    print(first.read().parquet(sink));
    first.range(1).createOrReplaceTempView("t");
    try {
      first.sql("SELECT paritree.`%s`.score(struct(*)) FROM t".formatted(arguments[5])).collect();
    } catch (Exception e) {
      System.out.println(e.getMessage().replace('\n', ' '));
    }

    for (SparkSession session : sessions) {
      session.close();
    }
  }

  private static void print(Dataset<Row> scored) {
    System.out.println(ScoredRows.digest(scored.toLocalIterator()));
  }
}
