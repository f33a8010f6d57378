package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.regexp_replace;

import io.paritree.outcome.OutcomeKind;
import io.paritree.spark.outcomes.OutcomeQuery.Unmatched;
import io.paritree.spark.task.JavaSerialized;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.RelationalGroupedDataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;

/**
 * The scores that are measured, in their order, with their labels: all that have one, and with
 * {@code --unmatched negative} the others, too.
 */
final class JoinedScores implements AutoCloseable {
  static final String LEAK = "leak";

  private static final String LEAST = "least";

  private static final UDF1<Double, Integer> BIN = ScoreCounts::bin;

  private final JavaRDD<JavaSerialized<JoinedBlock>> blocks;

  JoinedScores(
      OutcomeQuery query,
      PublishedScores scores,
      LabelTable labels,
      MaturePartitions maturity,
      OutcomeKind kind) {
    int levels = scores.levels().size();
    int segments = query.by().size();
    this.blocks =
        sorted(query, scores, labels, maturity, kind)
            .javaRDD()
            .mapPartitions(rows -> JoinedBlock.blocks(rows, levels, segments))
            .persist(StorageLevel.MEMORY_AND_DISK_SER());
  }

  /**
   * Returns the scores with their labels, and {@link #LEAK}.
   *
   * @param how they are joined
   */
  static Dataset<Row> joined(
      OutcomeQuery query,
      PublishedScores scores,
      LabelTable labels,
      MaturePartitions maturity,
      String how) {
    return scores
        .rows()
        .filter(col(PublishedScores.SCORE).isNotNull())
        .join(labels.rows(), PublishedScores.keys(query.keys().size()), how)
        .withColumn(LEAK, coalesce(col(LabelRows.TIME).lt(day(maturity)), lit(false)));
  }

  /** Returns the rows as {@link JoinedBlock} reads them. */
  private static Dataset<Row> sorted(
      OutcomeQuery query,
      PublishedScores scores,
      LabelTable labels,
      MaturePartitions maturity,
      OutcomeKind kind) {
    Column score = col(PublishedScores.SCORE);
    boolean areAll = query.unmatched() == Unmatched.NEGATIVE;
    Dataset<Row> parts =
        MeasuredParts.of(
            kind,
            joined(query, scores, labels, maturity, areAll ? "left" : "inner"),
            not(col(LEAK)),
            score,
            PublishedScores.CLASS_SCORES);
    List<Column> group = RowGroup.columns(scores.levels().size(), query.by().size());
    List<Column> read = new ArrayList<>(group);
    for (String name :
        List.of(
            MeasuredParts.VALUE,
            PublishedScores.LABEL,
            LabelRows.OUTCOME,
            LabelRows.WEIGHT,
            LEAK,
            MeasuredParts.PART)) {
      read.add(col(name));
    }

    List<Column> order = new ArrayList<>(MeasuredParts.order(kind));
    for (String name : List.of(LabelRows.OUTCOME, LabelRows.WEIGHT, PublishedScores.LABEL, LEAK)) {
      order.add(col(name));
    }

    order.addAll(group);
    List<Column> same = new ArrayList<>(read);
    if (kind == OutcomeKind.CLASSES) { // the score of one class does not say in which bin a row is
      same.add(functions.udf(BIN, DataTypes.IntegerType).apply(score).as("bin"));
      order.add(col(LEAST));
    }

    Column rows = count(lit(1)).as("rows");
    RelationalGroupedDataset alike = parts.groupBy(same.toArray(Column[]::new));
    Dataset<Row> counted =
        kind == OutcomeKind.CLASSES
            ? alike.agg(rows, min(score).as(LEAST))
            : alike.agg(rows).withColumn(LEAST, col(MeasuredParts.VALUE));
    read.addAll(List.of(col("rows"), col(LEAST)));
    return counted.select(read.toArray(Column[]::new)).orderBy(order.toArray(Column[]::new));
  }

  /** Returns the day on which a row was scored; null if it is not known. */
  private static Column day(MaturePartitions maturity) {
    Column day =
        maturity.dayLevel() < 0
            ? col(PublishedScores.SCORED)
            : regexp_replace(
                col(PublishedScores.level(maturity.dayLevel())),
                "^(\\d{4})(\\d\\d)(\\d\\d)$",
                "$1-$2-$3");
    return day.cast(DataTypes.DateType);
  }

  /** Calls for each block, in the order of the scores. */
  void forEach(Consumer<JoinedBlock> each) {
    Iterator<JavaSerialized<JoinedBlock>> all = blocks.toLocalIterator();
    while (all.hasNext()) {
      each.accept(all.next().value());
    }
  }

  @Override
  public void close() {
    blocks.unpersist(false);
  }
}
