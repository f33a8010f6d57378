package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.when;

import io.paritree.spark.outcomes.OutcomeQuery.Unmatched;
import io.paritree.spark.task.JavaSerialized;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;

/**
 * All scores in their order, with the labels of those that have one.
 *
 * <p>Scores are read once: a score without a label that says nothing is only counted by its bin, so
 * that not many more rows are sorted than there are labels.
 */
final class JoinedScores implements AutoCloseable {
  private static final String COUNTED = "counted";
  private static final String LEAK = "leak";

  private static final UDF1<Double, Double> MIDDLE = JoinedScores::middle;

  private final JavaRDD<JavaSerialized<JoinedBlock>> blocks;

  JoinedScores(
      OutcomeQuery query, PublishedScores scores, LabelTable labels, MaturePartitions maturity) {
    int levels = scores.levels().size();
    int segments = query.by().size();
    this.blocks =
        sorted(query, scores, labels, maturity)
            .javaRDD()
            .mapPartitions(rows -> JoinedBlock.blocks(rows, levels, segments))
            .persist(StorageLevel.MEMORY_AND_DISK_SER());
  }

  /** Returns the rows as {@link JoinedBlock} reads them. */
  private static Dataset<Row> sorted(
      OutcomeQuery query, PublishedScores scores, LabelTable labels, MaturePartitions maturity) {
    Column score = col(PublishedScores.SCORE);
    Column isLeak = coalesce(col(LabelRows.TIME).lt(day(maturity)), lit(false));
    Column middle = functions.udf(MIDDLE, DataTypes.DoubleType).apply(score);
    Column counted =
        query.unmatched() == Unmatched.NEGATIVE
            ? score
            : when(col(LabelRows.OUTCOME).isNull(), middle).otherwise(score);
    List<Column> group = RowGroup.columns(scores.levels().size(), query.by().size());
    List<Column> same = new ArrayList<>(group);
    same.addAll(
        List.of(
            counted.as(COUNTED),
            col(PublishedScores.LABEL),
            col(LabelRows.OUTCOME),
            col(LabelRows.WEIGHT),
            isLeak.as(LEAK)));
    List<Column> order = new ArrayList<>();
    for (String name :
        List.of(COUNTED, LabelRows.OUTCOME, LabelRows.WEIGHT, PublishedScores.LABEL, LEAK)) {
      order.add(col(name));
    }

    order.addAll(group);
    return scores
        .rows()
        .filter(score.isNotNull())
        .join(labels.rows(), PublishedScores.keys(query.keys().size()), "left")
        .groupBy(same.toArray(Column[]::new))
        .agg(count(lit(1)).as("rows"), min(score).as("least"), max(score).as("most"))
        .orderBy(order.toArray(Column[]::new));
  }

  /** Returns a score that stands for all scores of a bin. */
  private static double middle(double score) {
    float infinite = (float) score;
    return Float.isInfinite(infinite) ? infinite : ScoreCounts.middle(ScoreCounts.bin(score));
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
