package io.paritree.spark.outcomes;

import io.paritree.spark.ending.RefusedException;
import io.paritree.spark.task.JavaSerialized;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How many scores there are, with labels or without.
 *
 * @param groups the scores of each bin, by what rows have in common
 * @param labels what the labels mean that were stored with the scores
 * @param least score; NaN if one is no number
 * @param most the highest score; NaN if one is no number
 * @param absent rows without a score, which are in no group
 * @param areAll whether all rows were read; otherwise there are too many groups
 */
record ScoreCounts(
    Map<RowGroup, ScoreBins> groups,
    StoredLabels labels,
    double least,
    double most,
    long absent,
    boolean areAll) {
  /** Values of a column of {@code --by}, in a task or in all. */
  static final int MOST_SEGMENTS = 1_000;

  /** Groups of a task: so many fit into the heap. */
  static final int MOST_GROUPS = 50_000;

  /** Counts the scores. */
  static ScoreCounts of(OutcomeQuery query, PublishedScores scores) {
    int levels = scores.levels().size();
    int segments = query.by().size();
    String[] names = RowGroup.names(levels, segments);
    ColumnBatches read = scores.stored(new String[] {PublishedScores.SCORE}, names);
    int score = read.at(PublishedScores.SCORE);
    int[] common = read.at(names);
    List<JavaSerialized<CountedScores.OfTask>> tasks =
        read.batches()
            .mapPartitions(
                batches ->
                    List.of(
                            new JavaSerialized<>(
                                CountedScores.of(
                                    batches, new GroupReader(common, levels, segments), score)))
                        .iterator())
            .collect();
    Map<RowGroup, ScoreBins> groups = new TreeMap<>();
    StoredLabels.Highest highest = new StoredLabels.Highest();
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    long absent = 0;
    boolean areAll = true;
    for (JavaSerialized<CountedScores.OfTask> task : tasks) {
      areAll &= task.value().areAll();
      for (CountedScores counted : task.value().counted()) {
        absent += counted.absent();
        if (counted.bins().total() == 0) {
          continue;
        }

        RowGroup group = counted.group();
        groups.computeIfAbsent(group, any -> new ScoreBins()).add(counted.bins());
        least = Math.min(least, counted.least());
        most = Math.max(most, counted.most());
        if (group.label() != null) {
          highest.add(group.version(), group.label(), counted.most());
        }
      }
    }

    return new ScoreCounts(groups, highest.labels(), least, most, absent, areAll);
  }

  /** Returns the number of scores. */
  long rows() {
    return all().total();
  }

  /** Returns the scores of all groups. */
  ScoreBins all() {
    ScoreBins all = new ScoreBins();
    groups.values().forEach(all::add);
    return all;
  }

  /**
   * Checks the scores.
   *
   * @throws RefusedException if they cannot be measured
   */
  void check(OutcomeQuery query, OutcomeText outcomes) throws RefusedException {
    String name = query.published().name();
    if (groups.isEmpty()) {
      throw new RefusedException("Cannot measure %s: it has no score".formatted(name));
    } else if (!Double.isFinite(least) || !Double.isFinite(most)) {
      throw new RefusedException(
          "Cannot measure %s: it has scores that are no finite numbers".formatted(name));
    } else if (outcomes.areProbabilities() && (least < 0 || most > 1)) {
      throw new RefusedException(
          "Cannot measure %s: its scores are no probabilities, 0 to 1, as those of a model of two classes are; of several classes, give the scores of one by --score and --positive"
              .formatted(name));
    }

    for (int index = 0; index < query.by().size(); index++) {
      Set<String> values = new HashSet<>();
      for (RowGroup group : groups.keySet()) {
        values.add(group.segments().get(index));
      }

      if (values.size() > MOST_SEGMENTS) {
        throw new RefusedException(
            "Cannot measure %s by '%s': it has more than %s values; give a column with fewer"
                .formatted(name, query.by().get(index), MOST_SEGMENTS));
      }
    }

    if (!areAll) {
      throw new RefusedException(
          "Cannot measure %s: a task has found more than %s groups of rows by partition, version, label and values of --by; measure fewer days at once, by --from and --to, or by fewer columns"
              .formatted(name, MOST_GROUPS));
    }
  }
}
