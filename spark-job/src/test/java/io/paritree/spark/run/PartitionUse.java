package io.paritree.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * What a run uses the partition columns of its input for: one row of the table of all uses of none
 * to three columns.
 *
 * @param isKept whether the output has the same partitions; otherwise its only one is run=1
 */
record PartitionUse(List<Use> columns, boolean isKept) {
  private static final int ROWS = 24;
  private static final List<String> OF_MODEL = List.of("carrier", "zone", "express");
  private static final List<String> OF_NOTHING = List.of("day", "half", "third");

  /** What a run does with a column. */
  enum Use {
    LEFT,
    READ,
    KEY,
    PASSED,
    READ_AND_KEY,
    READ_AND_PASSED;

    private boolean isRead() {
      return name().startsWith("READ");
    }

    private boolean isKey() {
      return name().endsWith("KEY");
    }

    private boolean isPassed() {
      return name().endsWith("PASSED");
    }
  }

  /** Returns all uses of at most three columns, in their order. */
  static List<PartitionUse> all() {
    List<List<Use>> uses = new ArrayList<>();
    uses.add(List.of());
    for (int at = 0; uses.get(at).size() < 3; at++) {
      for (Use use : Use.values()) {
        List<Use> more = new ArrayList<>(uses.get(at));
        more.add(use);
        uses.add(more);
      }
    }

    List<PartitionUse> all = new ArrayList<>();
    uses.forEach(
        columns -> {
          all.add(new PartitionUse(columns, true));
          all.add(new PartitionUse(columns, false));
        });
    return all;
  }

  /**
   * Returns some of them, drawn by a seed; with {@code -Dparitree.partitions=all}, all.
   *
   * @param always are among them
   */
  static List<PartitionUse> some(int count, PartitionUse... always) {
    List<PartitionUse> all = all();
    if (System.getProperty("paritree.partitions", "").equals("all")) {
      return all;
    }

    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("PartitionUse: -Dseed=" + seed);
    Collections.shuffle(all, new Random(seed));
    List<PartitionUse> some = new ArrayList<>(List.of(always));
    some.addAll(all.subList(0, count));
    return some;
  }

  /** Returns the names of the partition columns, in their order. */
  List<String> names() {
    return IntStream.range(0, columns.size())
        .mapToObj(at -> (columns.get(at).isRead() ? OF_MODEL : OF_NOTHING).get(at))
        .toList();
  }

  private List<String> names(Predicate<Use> isWanted) {
    return IntStream.range(0, columns.size())
        .filter(at -> isWanted.test(columns.get(at)))
        .mapToObj(names()::get)
        .toList();
  }

  /** Returns the rows of the input, whose partition columns are the last ones. */
  Dataset<Row> rows() {
    List<Row> rows = IntStream.range(0, ROWS).mapToObj(Parcels::row).toList();
    Dataset<Row> all = TestSpark.interpreting().createDataFrame(rows, Parcels.SCHEMA);
    for (String name : names()) {
      all =
          switch (name) {
            case "day" ->
                all.withColumn(name, functions.expr("date'2024-01-01' + INT(parcel_id % 2)"));
            case "half" -> all.withColumn(name, functions.expr("string(parcel_id % 3)"));
            case "third" -> all.withColumn(name, functions.expr("int(parcel_id % 5)"));
            default -> {
              Dataset<Row> renamed = all.withColumnRenamed(name, "moved");
              yield renamed.withColumn(name, functions.col("moved")).drop("moved");
            }
          };
    }

    return all.coalesce(1);
  }

  /**
   * Scores the input, and checks each row of the output.
   *
   * @param input options that name the input
   * @param scores of the rows that the input has, by their ids
   */
  void check(String model, Path output, Map<Long, Integer> scores, Object... input) {
    List<String> keys = new ArrayList<>(List.of("parcel_id"));
    keys.addAll(names(Use::isKey));
    List<String> passed = new ArrayList<>(List.of("note"));
    passed.addAll(names(Use::isPassed));
    List<Object> options = new ArrayList<>(List.of(input));
    options.addAll(List.of("--model", model, "--output", output));
    options.addAll(List.of("--keys", String.join(",", keys)));
    options.addAll(List.of("--pass", String.join(",", passed)));
    options.addAll(isKept ? List.of() : List.of("--output-partition", "run=1"));
    JobRun run = JobRun.of(options.toArray());

    assertThat(run.exitCode()).as("%s%n%s", options, run.err()).isZero();
    Dataset<Row> scored = TestSpark.interpreting().read().parquet(output.toString());
    assertThat(Scores.of(scored)).as("%s", options).isEqualTo(scores);
    List<String> carried = Stream.concat(keys.stream(), passed.stream()).toList();
    Dataset<Row> read = rows().where(functions.col("parcel_id").isin(scores.keySet().toArray()));
    assertThat(texts(scored, carried)).as("%s", options).isEqualTo(texts(read, carried));
  }

  private static Map<Object, Map<String, String>> texts(Dataset<Row> rows, List<String> columns) {
    Map<Object, Map<String, String>> texts = new TreeMap<>();
    String[] names = columns.toArray(String[]::new);
    for (Row row : rows.selectExpr(names).collectAsList()) {
      Map<String, String> values = new HashMap<>();
      for (int at = 0; at < names.length; at++) {
        values.put(names[at], String.valueOf(row.get(at)));
      }

      texts.put(row.getLong(0), values);
    }

    return texts;
  }

  /** Returns the scores of the rows of the input, by their ids. */
  static Map<Long, Integer> scores(String model) throws Exception {
    return ScoringJobTest.expected(model, 0, ROWS);
  }

  @Override
  public String toString() {
    return columns.stream()
        .map(Use::name)
        .collect(Collectors.joining(", ", "[", isKept ? "]" : "] run=1"));
  }
}
