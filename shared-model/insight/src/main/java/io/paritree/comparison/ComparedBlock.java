package io.paritree.comparison;

import io.paritree.Fault;
import java.util.List;

/**
 * Rows that both models were given, with what they have made of them.
 *
 * <p>Faults, keys, slices and slots are asked for only where they are needed, within the call that
 * got the block.
 */
public interface ComparedBlock {
  /** Returns the number of rows. */
  int rows();

  /** Returns whether a model has scored a row. */
  boolean isScored(Side side, int row);

  /** Returns what is wrong with a row that a model has not scored. */
  List<Fault> faults(Side side, int row);

  /** Returns the scores of a model, row after row; those of refused rows are not read. */
  float[] scores(Side side);

  /** Returns the margins of a model, row after row. */
  float[] margins(Side side);

  /** Returns the values of the key of a row, as texts. */
  List<String> key(int row);

  /** Returns the value by which rows are divided; empty if the row has none. */
  String slice(int row);

  /** Returns a copy of the slots of a row. */
  float[] slots(Side side, int row);
}
