package io.paritree.spark.outcomes;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.when;

import io.paritree.outcome.OutcomeKind;
import io.paritree.spark.outcomes.OutcomeQuery.Unmatched;
import io.paritree.spark.task.JavaSerialized;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;

/**
 * The scores that are measured, in their order, with their labels: all that have one, and with
 * {@code --unmatched negative} the others, too.
 */
final class JoinedScores implements AutoCloseable {
  static final String LEAK = "leak";

  /** A range of so many scores, all of them with a label, is a small part of a small heap. */
  private static final long SCORES_PER_RANGE = 1_000_000;

  private static final int MOST_HELD = 16;

  private final Optional<Broadcast<JavaSerialized<LabelIndex>>> index;
  private final JavaRDD<JavaSerialized<JoinedBlock>> blocks;
  private final List<Integer> sizes; // the blocks of each range

  JoinedScores(
      OutcomeQuery query,
      PublishedScores scores,
      LabelTable labels,
      MaturePartitions maturity,
      ScoreCounts counts,
      OutcomeKind kind) {
    JavaSparkContext context = new JavaSparkContext(scores.rows().sparkSession().sparkContext());
    ScoreRanges ranges = ranges(scores, counts, kind);
    this.index = labels.index().map(own -> context.broadcast(new JavaSerialized<>(own)));
    this.blocks =
        found(query, scores, labels, maturity, ranges, kind)
            .partitionBy(new HashPartitioner(ranges.count()))
            .values()
            .mapPartitions(own -> JoinTask.sorted(kind, own))
            .persist(StorageLevel.MEMORY_AND_DISK_SER());
    this.sizes = blocks.mapPartitions(JoinedScores::size).collect(); // all tasks sort here
  }

  /** Returns blocks of the rows that are measured, by their ranges. */
  private JavaPairRDD<Integer, JavaSerialized<JoinedBlock>> found(
      OutcomeQuery query,
      PublishedScores scores,
      LabelTable labels,
      MaturePartitions maturity,
      ScoreRanges ranges,
      OutcomeKind kind) {
    int levels = scores.levels().size();
    int segments = query.by().size();
    boolean areAll = query.unmatched() == Unmatched.NEGATIVE;
    String[] keys = PublishedScores.keys(query.keys().size());
    String[] more = {PublishedScores.SCORE, PublishedScores.CLASS_SCORES, PublishedScores.LIST};
    String[] groups = RowGroup.names(levels, segments);
    String[] came = {LabelRows.OUTCOME, LabelRows.TIME, LabelRows.WEIGHT};
    ColumnBatches read =
        index.isPresent()
            ? scores.stored(keys, more, groups)
            : ColumnBatches.of(
                joined(query, scores, labels, maturity, areAll ? "left" : "inner")
                    .select(
                        Stream.of(more, groups, came)
                            .flatMap(Stream::of)
                            .map(functions::col)
                            .toArray(Column[]::new)));
    JoinTask task =
        new JoinTask(
            kind, areAll, maturity.dayLevel(), ranges, JoinTask.Columns.of(read, levels, segments));
    int[] key = read.at(keys);
    int[] label = read.at(came);
    Broadcast<JavaSerialized<LabelIndex>> known = index.orElse(null);
    return read.batches()
        .mapPartitionsToPair(
            batches ->
                task.blocks(
                    batches,
                    known == null
                        ? RowLabels.ofColumns(label[0], label[1], label[2])
                        : known.value().value().of(new KeyReader(key))));
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
    index.ifPresent(Broadcast::destroy);
  }
}
