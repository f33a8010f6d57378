package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.when;

import io.paritree.outcome.OutcomeKind;
import io.paritree.spark.outcomes.OutcomeQuery.Unmatched;
import io.paritree.spark.task.JavaSerialized;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;

/**
 * The scores that are measured, in their order, with their labels: all that have one, and with
 * {@code --unmatched negative} the others, too.
 */
final class JoinedScores implements AutoCloseable {
  static final String LEAK = "leak";

  private static final String GROUP = "group";

  /** A range of so many scores, all of them with a label, is a small part of a small heap. */
  private static final long SCORES_PER_RANGE = 1_000_000;

  private static final int MOST_HELD = 16;

  private final JavaRDD<JavaSerialized<JoinedBlock>> blocks;
  private final List<Integer> sizes; // the blocks of each range

  JoinedScores(
      OutcomeQuery query,
      PublishedScores scores,
      LabelTable labels,
      MaturePartitions maturity,
      ScoreCounts counts,
      OutcomeKind kind) {
    int levels = scores.levels().size();
    int segments = query.by().size();
    ScoreRanges ranges = ranges(scores, counts, kind);
    this.blocks =
        sorted(query, scores, labels, maturity, kind, ranges)
            .queryExecution()
            .toRdd()
            .toJavaRDD()
            .mapPartitions(rows -> JoinedBlock.blocks(rows, levels, segments))
            .persist(StorageLevel.MEMORY_AND_DISK_SER());
    this.sizes = blocks.mapPartitions(JoinedScores::size).collect(); // all tasks sort here
  }

  /** Returns ranges of what rows are sorted by first. */
  private static ScoreRanges ranges(PublishedScores scores, ScoreCounts counts, OutcomeKind kind) {
    ScoreBins all = counts.all();
    int classes = scores.classColumns().size();
    int cores = scores.rows().sparkSession().sparkContext().defaultParallelism();
    int count = (int) Math.max(cores, 1 + all.total() * Math.max(1, classes) / SCORES_PER_RANGE);
    if (kind == OutcomeKind.RANKING) {
      return ScoreRanges.ofHashes(count);
    }

    return classes == 0
        ? ScoreRanges.ofScores(all, counts.least(), counts.most(), count)
        : ScoreRanges.ofProbabilities(count);
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
      OutcomeKind kind,
      ScoreRanges ranges) {
    boolean areAll = query.unmatched() == Unmatched.NEGATIVE;
    Column[] read =
        new Column[] {
          col(MeasuredParts.VALUE),
          col(MeasuredParts.PART),
          col(LabelRows.OUTCOME),
          col(LabelRows.WEIGHT),
          col(LEAK),
          col(PublishedScores.SCORE),
          RowGroup.column(scores.levels().size(), query.by().size()).as(GROUP)
        };
    List<Column> order = new ArrayList<>(MeasuredParts.order(kind));
    for (String name : List.of(LabelRows.OUTCOME, LabelRows.WEIGHT, LEAK, GROUP)) {
      order.add(col(name));
    }

    order.add(col(PublishedScores.SCORE));
    return MeasuredParts.of(
            kind,
            joined(query, scores, labels, maturity, areAll ? "left" : "inner"),
            not(col(LEAK)),
            col(PublishedScores.SCORE),
            PublishedScores.CLASS_SCORES)
        .select(read)
        .repartition(ranges.count(), ranges.partition(MeasuredParts.order(kind).get(0)))
        .sortWithinPartitions(order.toArray(Column[]::new));
  }

  /** Returns the day on which a row was scored; null if it is not known. */
  private static Column day(MaturePartitions maturity) {
    if (maturity.dayLevel() < 0) {
      return col(PublishedScores.SCORED).cast(DataTypes.DateType);
    }

    Column day = col(PublishedScores.level(maturity.dayLevel()));
    Column withDashes = regexp_replace(day, "^(\\d{4})(\\d\\d)(\\d\\d)$", "$1-$2-$3");
    return when(length(day).equalTo(8), withDashes).otherwise(day).cast(DataTypes.DateType);
  }

  private static Iterator<Integer> size(Iterator<JavaSerialized<JoinedBlock>> blocks) {
    int size = 0;
    for (; blocks.hasNext(); size++) {
      blocks.next();
    }

    return List.of(size).iterator();
  }

  /** Calls for each block, in the order of the scores; holds one range, or some small ones. */
  void forEach(Consumer<JoinedBlock> each) {
    int to;
    for (int from = 0; from < sizes.size(); from = to) {
      int held = sizes.get(from);
      for (to = from + 1; to < sizes.size() && held + sizes.get(to) <= MOST_HELD; to++) {
        held += sizes.get(to);
      }

      for (List<JavaSerialized<JoinedBlock>> range :
          blocks.collectPartitions(IntStream.range(from, to).toArray())) {
        range.forEach(block -> each.accept(block.value()));
      }
    }
  }

  @Override
  public void close() {
    blocks.unpersist(false);
  }
}
