package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.TestPackages;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Tables of a catalog in each format that is asked for, and the comparison of the job over a view
 * with a SELECT.
 */
final class ViewTrial implements AutoCloseable {
  static final List<String> FORMATS = List.of("parquet", "orc", "delta");
  private static final SparkSession SPARK = TestSpark.interpreting();
  private static final int ROWS = 90;

  private final Path directory;
  private final TestPackages packages;
  private final Path model;
  private final Set<String> made = new HashSet<>();
  private int runs;

  ViewTrial(Path directory) {
    this.directory = directory;
    this.packages = new TestPackages(directory.resolve("models"));
    this.model = packages.binary();
  }

  private void makeTables(String format) {
    if (!made.add(format)) {
      return;
    }

    SPARK.sql("CREATE DATABASE IF NOT EXISTS in_" + format);
    List<Row> rows = new ArrayList<>();
    for (int index = 0; index < ROWS; index++) {
      rows.add(Parcels.row(index));
    }

    Dataset<Row> plain =
        SPARK
            .createDataFrame(rows, Parcels.SCHEMA)
            .selectExpr("*", "element_at(array('a', 'b', 'c'), 1 + int(parcel_id % 3)) AS day");
    plain.repartition(2).write().format(format).partitionBy("day").saveAsTable(name(format, "t"));
    Dataset<Row> twice = plain.union(plain).repartition(2);
    twice.write().format(format).saveAsTable(name(format, "twice"));
    if (format.equals("delta")) {
      twice.write().format(format).saveAsTable(name(format, "b"));
    } else {
      twice.write().format(format).bucketBy(3, "parcel_id").saveAsTable(name(format, "b"));
    }

    plain
        .selectExpr(
            "parcel_id",
            "parcel_id AS id",
            "weight AS mass",
            "struct(distance, express) AS info",
            "distance",
            "express",
            "struct(zone, upper(carrier) AS carrier) AS place",
            "zone",
            "carrier",
            "departure",
            "note")
        .write()
        .format(format)
        .saveAsTable(name(format, "bare"));
    makeFixed(format, plain);
  }

  /** Texts of a fixed length, which other writers do not fill with blanks. */
  private void makeFixed(String format, Dataset<Row> plain) {
    String columns = Parcels.SCHEMA.toDDL().replace("carrier STRING", "carrier CHAR(12)");
    String create = "CREATE TABLE %s (%s) USING %s".formatted(name(format, "c"), columns, format);
    Dataset<Row> rows = plain.drop("day");
    if (format.equals("delta")) {
      SPARK.sql(create);
      rows.write().insertInto(name(format, "c"));
    } else {
      Path files = directory.resolve("fixed-" + format);
      rows.write().format(format).save(files.toString());
      SPARK.sql("%s LOCATION '%s'".formatted(create, files));
    }
  }

  private static String name(String format, String table) {
    return "in_%s.%s".formatted(format, table);
  }

  /** Runs the job over a view, and compares what it publishes with what the view has. */
  void compare(ViewForm form, String format, boolean isAdaptive, boolean isGenerated) {
    makeTables(format);
    Map<String, String> settings = new HashMap<>();
    settings.put("spark.sql.adaptive.enabled", String.valueOf(isAdaptive));
    settings.put("spark.sql.codegen.wholeStage", String.valueOf(isGenerated));
    settings.put("spark.sql.codegen.factoryMode", isGenerated ? "FALLBACK" : "NO_CODEGEN");
    // As the job has them, so that the same rows are the first of a task.
    settings.put("spark.sql.files.minPartitionNum", "1");
    settings.put("spark.sql.files.maxPartitionBytes", "64MB");
    settings.put("spark.sql.files.openCostInBytes", "256KB");
    SparkConf shared = SPARK.sparkContext().conf();
    settings.forEach(shared::set);
    SPARK.sql("USE in_" + format);
    try {
      SPARK.sql("CREATE VIEW other AS SELECT * EXCEPT (note), lower(note) AS note FROM t");
      SPARK.sql("CREATE VIEW v AS " + form.sql());
      if (form.name().equals("cached")) {
        SPARK.sql("CACHE TABLE v");
      }

      compare(form, "in_%s.v".formatted(format), settings);
    } finally {
      SPARK.sql("UNCACHE TABLE IF EXISTS v");
      SPARK.sql("DROP VIEW IF EXISTS v");
      SPARK.sql("DROP VIEW IF EXISTS other");
      SPARK.sql("USE default");
      settings.keySet().forEach(shared::remove);
    }
  }

  private void compare(ViewForm form, String view, Map<String, String> settings) {
    Path output = directory.resolve("out-" + ++runs);
    JobRun run =
        JobRun.of(
            "--model",
            model,
            "--input-table",
            view,
            "--output",
            output,
            "--keys",
            "parcel_id",
            "--pass",
            "note",
            "--max-quarantined",
            "1");
    if (!form.refusal().isEmpty()) {
      assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
      assertThat(run.err()).contains(form.refusal());
      return;
    }

    assertThat(run.exitCode()).as(run.err()).isZero();
    Dataset<Row> expected = SqlSession.of(packages.store(), settings).sql(select(view));
    Dataset<Row> published = SPARK.read().parquet(output.toString());
    assertThat(published.schema().apply("parcel_id").dataType())
        .isEqualTo(expected.schema().apply("parcel_id").dataType());
    List<String> found = texts(published.select("parcel_id", "note", "score"));
    if (form.result() == ViewForm.Result.AS_MANY) {
      String all = select(view.replace(".v", ".t"));
      assertThat(found).hasSize((int) expected.count());
      assertThat(texts(SqlSession.of(packages.store(), settings).sql(all))).containsAll(found);
    } else {
      assertThat(found).isEqualTo(texts(expected.where("score IS NOT NULL")));
    }
  }

  private static String select(String table) {
    return "SELECT parcel_id, note, paritree.`parcel-late`.score(struct(*)) AS score FROM " + table;
  }

  private static List<String> texts(Dataset<Row> rows) {
    return rows.collectAsList().stream().map(Row::toString).sorted().toList();
  }

  @Override
  public void close() {
    made.forEach(format -> SPARK.sql("DROP DATABASE IF EXISTS in_%s CASCADE".formatted(format)));
  }
}
