package io.paritree.spark.run;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * How XGBoost models are usually scored from Java on Spark: {@code mapPartitions} over rows, which
 * are gathered into batches, each scored by one call of XGBoost4J's {@code Booster.predict}, or
 * explained by one of {@code predictContrib}.
 */
final class UsualWay {
  private static final int WIDTH = BenchTable.WIDTH;
  private static final int BATCH_ROWS = 32_768;

  private UsualWay() {}

  /** What is computed of a batch: an array per row, of which the first value is written. */
  private interface Computing extends Serializable {
    float[][] of(Booster booster, DMatrix batch) throws XGBoostError;
  }

  /** Scores and writes {@code key} and {@code score}. */
  static void run(SparkSession spark, Path data, BenchTable table, Path modelFile, Path output)
      throws IOException {
    run(spark, data, table, modelFile, output, Booster::predict);
  }

  /** Computes all contributions, and writes {@code key} and one of them. */
  static void explain(SparkSession spark, Path data, BenchTable table, Path modelFile, Path output)
      throws IOException {
    run(
        spark,
        data,
        table,
        modelFile,
        output,
        (booster, batch) -> booster.predictContrib(batch, 0));
  }

  private static void run(
      SparkSession spark,
      Path data,
      BenchTable table,
      Path modelFile,
      Path output,
      Computing computing)
      throws IOException {
    Broadcast<byte[]> model =
        new JavaSparkContext(spark.sparkContext()).broadcast(Files.readAllBytes(modelFile));
    StructType schema =
        new StructType().add("key", DataTypes.LongType).add("score", DataTypes.FloatType);
    MapPartitionsFunction<Row, Row> score =
        rows -> new ScoredRows(rows, table, model.value(), computing);
    spark
        .read()
        .parquet(data.toString())
        .mapPartitions(score, Encoders.row(schema))
        .write()
        .mode(SaveMode.Overwrite)
        .option("compression", "zstd")
        .parquet(output.toString());
    model.destroy();
  }

  private static final class ScoredRows implements Iterator<Row> {
    private final Iterator<Row> input;
    private final BenchTable table;
    private final Computing computing;
    private final Booster booster;
    private final float[] values = new float[BATCH_ROWS * WIDTH];
    private final long[] keys = new long[BATCH_ROWS];
    private float[][] scores = {};
    private int at;
    private int gathered;

    private ScoredRows(Iterator<Row> input, BenchTable table, byte[] model, Computing computing)
        throws XGBoostError, IOException {
      this.input = input;
      this.table = table;
      this.computing = computing;
      this.booster = XGBoost.loadModel(new ByteArrayInputStream(model));
      booster.setParam("nthread", 1);
    }

    @Override
    public boolean hasNext() {
      if (at == gathered) {
        gather();
      }

      return at < gathered;
    }

    private void gather() {
      at = 0;
      gathered = 0;
      while (gathered < BATCH_ROWS && input.hasNext()) {
        Row row = input.next();
        keys[gathered] = row.getLong(0);
        for (int feature = 0; feature < WIDTH; feature++) {
          values[gathered * WIDTH + feature] =
              row.isNullAt(feature + 1) ? Float.NaN : slot(feature, row);
        }

        gathered++;
      }

      if (gathered > 0) {
        scores = predict(Arrays.copyOf(values, gathered * WIDTH));
      }
    }

    private float slot(int feature, Row row) {
      return table == BenchTable.MIXED
          ? table.slot(feature, row.get(feature + 1))
          : row.getFloat(feature + 1);
    }

    private float[][] predict(float[] rows) {
      try {
        DMatrix matrix = new DMatrix(rows, gathered, WIDTH, Float.NaN);
        try {
          return computing.of(booster, matrix);
        } finally {
          matrix.dispose();
        }
      } catch (XGBoostError e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public Row next() {
      Row row = RowFactory.create(keys[at], scores[at][0]);
      at++;
      return row;
    }
  }
}
