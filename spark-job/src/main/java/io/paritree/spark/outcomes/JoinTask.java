package io.paritree.spark.outcomes;

import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.OutcomeRow;
import io.paritree.spark.task.JavaSerialized;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.sql.vectorized.ColumnarArray;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import scala.Tuple2;

/**
 * What a task does with the rows of scores: it finds their labels, and gives those that are
 * measured in blocks, each of a range of scores.
 *
 * @param areAll whether rows without a label are measured, too
 * @param dayLevel as in {@link MaturePartitions}
 * @param columns where batches have the columns
 */
record JoinTask(OutcomeKind kind, boolean areAll, int dayLevel, ScoreRanges ranges, Columns columns)
    implements Serializable {
  /** So many rows are sorted at once: a small part of a small heap. */
  private static final int ROWS = 1 << 19;

  private static final int BLOCK_ROWS = 1 << 15;

  /**
   * Where batches have columns; -1 for those that are not there.
   *
   * @param groups the columns of {@link RowGroup#names}
   */
  record Columns(int score, int classScores, int list, int[] groups, int levels, int segments)
      implements Serializable {
    static Columns of(ColumnBatches batches, int levels, int segments) {
      return new Columns(
          batches.at(PublishedScores.SCORE),
          batches.at(PublishedScores.CLASS_SCORES),
          batches.at(PublishedScores.LIST),
          batches.at(RowGroup.names(levels, segments)),
          levels,
          segments);
    }
  }

  /** Returns blocks with their ranges. */
  Iterator<Tuple2<Integer, JavaSerialized<JoinedBlock>>> blocks(
      Iterator<ColumnarBatch> batches, RowLabels labels) {
    Reading reading = new Reading(batches, labels);
    Deque<Tuple2<Integer, JavaSerialized<JoinedBlock>>> ready = new ArrayDeque<>();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        while (ready.isEmpty() && batches.hasNext()) {
          divide(reading.next().sorted(), ready);
        }

        return !ready.isEmpty();
      }

      @Override
      public Tuple2<Integer, JavaSerialized<JoinedBlock>> next() {
        hasNext();
        return ready.remove();
      }
    };
  }

  private void divide(
      JoinedBlock sorted, Deque<Tuple2<Integer, JavaSerialized<JoinedBlock>>> into) {
    for (int from = 0, to; from < sorted.size(); from = to) {
      int range = ranges.of(first(sorted, from));
      to = from + 1;
      while (to < sorted.size() && ranges.isIn(range, first(sorted, to))) {
        to++;
      }

      into.add(new Tuple2<>(range, new JavaSerialized<>(sorted.of(from, to))));
    }
  }

  private double first(JoinedBlock block, int row) {
    return kind == OutcomeKind.RANKING ? block.part()[row] : block.score()[row];
  }

  /** Returns the rows of a range in their order, in blocks. */
  static Iterator<JavaSerialized<JoinedBlock>> sorted(
      OutcomeKind kind, Iterator<JavaSerialized<JoinedBlock>> blocks) {
    JoinedRows rows = new JoinedRows(kind);
    while (blocks.hasNext()) {
      rows.add(blocks.next().value());
    }

    return rows.sorted().parts(BLOCK_ROWS).stream().map(JavaSerialized::new).iterator();
  }

  /** The rows of a task. */
  private final class Reading {
    private final Iterator<ColumnarBatch> batches;
    private final RowLabels labels;
    private final GroupReader groups =
        new GroupReader(columns.groups, columns.levels, columns.segments);
    private JoinedRows rows;
    private int[] places = {}; // of groups
    private int[] days = {}; // of groups

    Reading(Iterator<ColumnarBatch> batches, RowLabels labels) {
      this.batches = batches;
      this.labels = labels;
    }

    /** Returns the next rows, which may be none. */
    JoinedRows next() {
      rows = new JoinedRows(kind);
      places = new int[0];
      while (rows.size() < ROWS && batches.hasNext()) {
        add(batches.next());
      }

      return rows;
    }

    private void add(ColumnarBatch batch) {
      int[] ofRows = groups.read(batch);
      place();
      labels.begin(batch);
      ColumnVector scores = batch.column(columns.score);
      boolean areFloats = scores.dataType() instanceof FloatType;
      boolean anyNull = scores.hasNull();
      for (int row = 0; row < batch.numRows(); row++) {
        boolean isScored = !anyNull || !scores.isNullAt(row);
        boolean isMatched = isScored && labels.find(row);
        if (isMatched || isScored && areAll) {
          double score = areFloats ? scores.getFloat(row) : scores.getDouble(row);
          add(batch, row, ofRows[row], score, isMatched);
        }
      }
    }

    private void place() {
      List<RowGroup> known = groups.groups();
      int before = places.length;
      places = Arrays.copyOf(places, known.size());
      days = Arrays.copyOf(days, known.size());
      for (int group = before; group < places.length; group++) {
        places[group] = rows.place(known.get(group));
        days[group] =
            MaturePartitions.day(known.get(group), dayLevel)
                .map(LocalDate::toEpochDay)
                .map(Long::intValue)
                .orElse(LabelBlock.NO_DAY);
      }
    }

    private void add(ColumnarBatch batch, int row, int group, double score, boolean isMatched) {
      boolean isLeak = isMatched && labels.day() != LabelBlock.NO_DAY && labels.day() < days[group];
      switch (kind) {
        case BINARY, VALUES -> add(group, score, score, 0, isMatched, isLeak);
        case RANKING ->
            add(
                group,
                score,
                score,
                isLeak ? 0 : batch.column(columns.list).getLong(row),
                isMatched,
                isLeak);
        case CLASSES -> {
          boolean haveScores =
              !isLeak
                  && columns.classScores >= 0
                  && !batch.column(columns.classScores).isNullAt(row);
          if (haveScores) {
            ColumnarArray all = batch.column(columns.classScores).getArray(row);
            for (int index = 0; index < all.numElements(); index++) {
              add(group, score, all.getDouble(index), index, isMatched, false);
            }
          } else {
            add(group, score, score, OutcomeRow.NO_CLASS, isMatched, isLeak);
          }
        }
      }
    }

    /**
     * @param score of the row
     * @param value which of its scores is measured
     */
    private void add(
        int group, double score, double value, long part, boolean isMatched, boolean isLeak) {
      rows.add(
          places[group],
          value,
          part,
          isMatched ? labels.outcome() : Double.NaN,
          isMatched ? labels.weight() : 1,
          isLeak ? 1 : 0,
          1,
          ScoreBins.bin(score));
    }
  }
}
