package io.paritree.spark.score;

import io.paritree.feature.Pieces;
import io.paritree.spark.task.DictionaryIds;
import io.paritree.spark.task.TaskPlan;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * The pieces of a column's values in a block, found once for all tables that share them: of a
 * dictionary once for each entry. Then each table takes one slot for each row. Not thread-safe.
 */
final class ColumnPieces {
  private static final int UNKNOWN = -1;

  private final int[] ofRows = new int[TaskPlan.BLOCK_ROWS];
  private final Map<Pieces, Entries> entries = new IdentityHashMap<>();
  private Pieces found; // those whose rows are known

  /** The pieces of a dictionary's entries, filled as rows need them. */
  private static final class Entries {
    private Object dictionary;
    private int[] pieces = {};

    private void begin(DictionaryIds ids) {
      if (ids.dictionary() != dictionary) {
        pieces = new int[ids.entries() + 1];
        Arrays.fill(pieces, UNKNOWN);
        pieces[0] = Pieces.MISSING;
        dictionary = ids.dictionary();
      }
    }
  }

  /** Begins a column of a block. */
  void begin() {
    found = null;
  }

  /** Returns whether the rows' pieces were found already. */
  boolean has(Pieces pieces) {
    return found == pieces;
  }

  /** Returns the piece of each row. */
  int[] ofRows() {
    return ofRows;
  }

  /** Finds the pieces of numbers, in which NaN is null. */
  void find(Pieces pieces, double[] numbers, int rows) {
    found = pieces;
    for (int row = 0; row < rows; row++) {
      ofRows[row] = pieces.number(numbers[row]);
    }
  }

  /**
   * Finds the pieces of entries of a dictionary.
   *
   * @param ofRow returns the piece of a row that is not null
   */
  void find(Pieces pieces, DictionaryIds ids, int rows, IntUnaryOperator ofRow) {
    found = pieces;
    Entries own = entries.computeIfAbsent(pieces, any -> new Entries());
    own.begin(ids);
    int[] known = own.pieces;
    int[] idOfRows = ids.ofRows();
    for (int row = 0; row < rows; row++) {
      int id = idOfRows[row];
      int piece = known[id];
      if (piece == UNKNOWN) {
        piece = ofRow.applyAsInt(row);
        known[id] = piece;
      }

      ofRows[row] = piece;
    }
  }

  /**
   * Finds the pieces of values one by one.
   *
   * @param ofRow returns the piece of a row, which may be null
   */
  void find(Pieces pieces, int rows, IntUnaryOperator ofRow) {
    found = pieces;
    for (int row = 0; row < rows; row++) {
      ofRows[row] = ofRow.applyAsInt(row);
    }
  }
}
