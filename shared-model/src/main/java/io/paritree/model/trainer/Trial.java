package io.paritree.model.trainer;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.model.RoundsChoice;
import io.paritree.model.manifest.SchemaForm;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Sealing after cures, tried on the kept rows: the schema is edited as a cure says, the cells are
 * read again by what it then means, and the rows are scored. Nothing of the claim itself is used,
 * except how predictions follow from scores.
 */
final class Trial {
  private final Evidence evidence;
  private final Map<Integer, Map<String, String>> members = new TreeMap<>();
  private final Map<Integer, UnaryOperator<String>> cells = new HashMap<>();
  private List<String> offsets;
  private String rounds = "";

  Trial(Evidence evidence) {
    this.evidence = evidence;
  }

  /**
   * Gives a feature a member in the schema.
   *
   * @param json its value, as in the text of the cure
   */
  void give(int feature, String member, String json) {
    members.computeIfAbsent(feature, key -> new TreeMap<>()).put(member, json);
  }

  void leaveOut(int feature, String member) {
    give(feature, member, "");
  }

  /** Writes the cells of the column that a feature reads otherwise. */
  void write(int feature, UnaryOperator<String> cell) {
    cells.merge(feature, cell, (one, next) -> text -> next.apply(one.apply(text)));
  }

  /** Gives columns as {@code --offset}, in place of all offsets that there are; none for none. */
  void offsets(List<String> columns) {
    offsets = List.copyOf(columns);
  }

  void rounds(String option) {
    rounds = option;
  }

  /**
   * Returns which rows would then pass.
   *
   * @param reading how predictions follow from scores
   * @param usual the engine where the rounds are not changed
   */
  BitSet agreeing(List<TrainerRow> rows, Claim reading, Precision precision, Engine usual) {
    try {
      SchemaForm form = evidence.sealing().form().with(evidence.sealing().origin(), members);
      if (offsets != null) {
        form = form.withoutOffsets().withOffsets(offsets);
      }

      Schema schema = evidence.sealing().schema(form);
      Engine engine = rounds.isEmpty() ? usual : evidence.engine(end(rounds));
      return agreeing(rows, schema, reading, precision, engine);
    } catch (ModelException e) {
      return new BitSet(); // sealing would refuse it with this message
    }
  }

  private int end(String option) throws CorruptModelException {
    return RoundsChoice.of(option, evidence.sealing().model()).end();
  }

  private BitSet agreeing(
      List<TrainerRow> rows, Schema schema, Claim reading, Precision precision, Engine engine) {
    float[][] slots = new float[rows.size()][evidence.width()];
    BitSet refused = new BitSet();
    for (int at = 0; at < slots.length; at++) {
      refused.set(at, !encode(rows.get(at), schema, slots[at]));
    }

    BitSet agreeing = Attempts.agreeing(rows, new Scored(engine, slots), reading, precision);
    agreeing.andNot(refused);
    return agreeing;
  }

  private boolean encode(TrainerRow row, Schema schema, float[] slots) {
    boolean isAccepted = true;
    evidence.clearOffsets(slots);
    for (int feature = 0; feature < schema.width(); feature++) {
      String cell = evidence.cell(row, schema.features().get(feature).column());
      if (cell == null) {
        return false; // no such column, or one whose cells are not kept
      }

      cell = cells.getOrDefault(feature, UnaryOperator.identity()).apply(cell);
      isAccepted &= Evidence.put(schema.features().get(feature), cell, slots, feature);
    }

    for (int output = 0; output < schema.offsets().size(); output++) {
      int slot = schema.modelWidth() + output;
      slots[slot] =
          Float.isNaN(slots[slot]) ? schema.offsets().get(output).whereMissing() : slots[slot];
    }

    return isAccepted;
  }
}
