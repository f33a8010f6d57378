package io.paritree.model.trainer;

import io.paritree.Fault;
import io.paritree.feature.NumberText;
import java.util.List;

/**
 * A row with the trainer's predictions for it. The caller must not change the arrays.
 *
 * @param place its file and line
 * @param cells its cells, one per field of the schema
 * @param slots its slots; NaN where a cell has a fault
 * @param predictions the cells with the predictions
 * @param others the cells of columns that no feature reads, in the order of {@link Evidence#others}
 * @param faults what the schema refuses about it
 */
record TrainerRow(
    String place,
    String[] cells,
    float[] slots,
    String[] predictions,
    String[] others,
    List<Fault> faults) {

  /** Returns a prediction as a number; NaN if it is none. */
  double predicted(int index) {
    return NumberText.parse(predictions[index]);
  }
}
