package io.paritree.spark.insight.outcomes;

import io.paritree.outcome.OutcomeForm;
import io.paritree.outcome.OutcomeKind;
import io.paritree.spark.report.RefusedException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.LongToDoubleFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Scores with their labels, counted by Spark: rows that have all in common but their weights, and
 * of values their outcomes, are one group. Scores with a label that are not measured are counted by
 * bin.
 *
 * <p>The driver reads at most {@link #MOST} groups. As many rows are not counted before, since most
 * have a score of their own. Where there are more groups, scores are taken for equal whose upper
 * bits are alike; each group then has the mean of the scores of its bin.
 *
 * @param blocks the groups, of each task in the order of their scores, as {@link CountedRows} are
 * @param bits so many upper bits of a score count; 64 if all do
 */
record GroupedScores(List<ColumnBlock> blocks, int bits, CountedRows.Reading reading) {
  static final int ALL_BITS = 64;

  private static final long MOST = 2_000_000;
  private static final int[] FEWER_BITS = {24, 20, ScoreBins.BITS, 12};

  /** Scores that are taken for equal, of one class. */
  private record Bin(double least, long part) {}

  /** The mean of scores while they are read. */
  static final class Mean {
    private double scores; // by weight
    private double weight;

    double value() {
      return scores / weight;
    }
  }

  /** Returns whether all bits of scores count. */
  boolean isExact() {
    return bits == ALL_BITS;
  }

  /**
   * Counts scores.
   *
   * @param joined rows of {@link JoinedScores} with {@link GroupColumns#SAID}
   * @param rows about so many are counted
   * @param centre about the mean of all outcomes
   * @param label the outcome that the label of a {@link RowGroup} says, by the group's number
   * @throws RefusedException if there are too many groups, however few bits of scores count
   */
  static GroupedScores of(
      OutcomeQuery query,
      OutcomeForm form,
      Dataset<Row> joined,
      long rows,
      double centre,
      LongToDoubleFunction label)
      throws RefusedException {
    return of(query, form, joined, rows, centre, label, MOST);
  }

  /** Counts scores, in at most so many groups. */
  static GroupedScores of(
      OutcomeQuery query,
      OutcomeForm form,
      Dataset<Row> joined,
      long rows,
      double centre,
      LongToDoubleFunction label,
      long most)
      throws RefusedException {
    CountedRows.Reading reading = new CountedRows.Reading(form.kind(), centre, label);
    GroupColumns columns = new GroupColumns(form, centre);
    Dataset<Row> single = columns.single(joined);
    if (rows * Math.max(1, form.classes().size()) <= most) {
      Optional<List<ColumnBlock>> blocks = columns.blocks(single, most);
      if (blocks.isPresent()) {
        return new GroupedScores(blocks.get(), ALL_BITS, reading);
      }
    }

    Dataset<Row> grouped = columns.grouped(single).persist();
    try {
      int bits = ALL_BITS;
      Optional<List<ColumnBlock>> blocks = columns.blocks(grouped, most);
      for (int at = 0; blocks.isEmpty(); at++) {
        if (at == FEWER_BITS.length) {
          throw ScoreCounts.tooMany(query, most);
        }

        bits = FEWER_BITS[at];
        blocks = columns.blocks(columns.coarser(grouped, bits), most);
      }

      return new GroupedScores(blocks.get(), bits, reading);
    } finally {
      grouped.unpersist();
    }
  }

  /** Reads all groups in the order of the scores that are measured, and of the others' bins. */
  void forEach(Consumer<CountedRows> reader) {
    Map<Bin, Mean> means = isExact() ? Map.of() : means();
    PriorityQueue<Place> places = new PriorityQueue<>(Comparator.comparingDouble(Place::score));
    blocks.stream().filter(own -> own.size() > 0).map(Place::new).forEach(places::add);
    while (!places.isEmpty()) {
      Place place = places.poll();
      do {
        CountedRows rows = reading.of(place.block, place.at);
        reader.accept(rows.with(means.get(bin(place.block, place.at))));
        place.at++;
      } while (!place.isAtEnd() && (places.isEmpty() || place.score() <= places.peek().score()));

      if (!place.isAtEnd()) {
        places.add(place);
      }
    }
  }

  /** Where a block is read. */
  private static final class Place {
    private final ColumnBlock block;
    private int at;

    Place(ColumnBlock block) {
      this.block = block;
    }

    double score() {
      return block.number(CountedRows.SCORE, at);
    }

    boolean isAtEnd() {
      return at == block.size();
    }
  }

  private Bin bin(ColumnBlock block, int at) {
    boolean isOfClasses = reading.kind() == OutcomeKind.CLASSES;
    return new Bin(
        block.number(CountedRows.SCORE, at), isOfClasses ? block.whole(CountedRows.PART, at) : 0);
  }

  /** Returns the mean of the scores of each bin that are measured. */
  private Map<Bin, Mean> means() {
    Map<Bin, Mean> means = new HashMap<>();
    for (ColumnBlock block : blocks) {
      for (int at = 0; at < block.size(); at++) {
        if ((block.whole(CountedRows.FLAGS, at) & CountedRows.IS_MEASURED) != 0) {
          Mean mean = means.computeIfAbsent(bin(block, at), any -> new Mean());
          mean.scores += block.number(CountedRows.SCORES, at);
          mean.weight += block.number(CountedRows.WEIGHT, at);
        }
      }
    }

    return means;
  }
}
