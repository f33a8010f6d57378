package io.paritree.spark.score;

import io.paritree.Fault;
import io.paritree.comparison.ComparedBlock;
import io.paritree.comparison.SharedFields;
import io.paritree.comparison.Side;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.forest.Engine;
import io.paritree.model.ScoringModel;
import io.paritree.model.manifest.Outputs;
import io.paritree.spark.input.InputFormat;
import io.paritree.spark.task.ChallengerTally;
import io.paritree.spark.task.InputBlock;
import io.paritree.spark.task.SourceFile;
import io.paritree.spark.task.TaskPlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.catalyst.expressions.SpecificInternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Scores the blocks of a task with a challenger, too, and compares. What both models encode alike
 * is encoded once. Not thread-safe.
 *
 * <p>A challenger never harms: whatever it throws ends it in this task, and is kept as the reason,
 * but for the want of heap. Slots are stored as {@link BlockEncoder} stores them.
 */
final class ChallengerRows {
  private static final int STRIDE = TaskPlan.BLOCK_ROWS;

  private final ChallengerTally tally;
  private final Engine engine;
  private final SharedFields fields;
  private final Set<String> shared = new HashSet<>();
  private final boolean hasSameSlots;
  private final BlockEncoder encoder;
  private final RowFaults faults = new RowFaults(STRIDE);
  private final float[] slots;
  private final float[] margins;
  private final float[] scores;
  private final KeyTexts keys;
  private final int firstColumn;
  private final Outputs outputs;
  private final UTF8String[] labels;
  private final UTF8String version;

  /** The rows of a block as the champion has scored them. */
  record Scored(
      InputBlock block,
      SourceFile file,
      RowFaults faults,
      float[] slots,
      float[] margins,
      float[] scores) {}

  /**
   * @param tally receives the results
   */
  ChallengerRows(
      TaskPlan plan,
      TaskPlan.Challenger planned,
      InputFormat format,
      ScoringModel champion,
      ScoringModel challenger,
      ChallengerTally tally) {
    this.tally = tally;
    this.engine = challenger.engine();
    Schema schema = challenger.schema();
    this.fields = new SharedFields(champion.schema(), schema);
    this.fields.shared().stream().map(Field::column).forEach(shared::add);
    this.hasSameSlots = fields.areAll();
    this.encoder = new BlockEncoder(fields.onlyOfChallenger(), engine.width(), plan, format);
    this.slots = hasSameSlots ? null : new float[engine.width() * STRIDE];
    this.margins = new float[engine.outputs() * STRIDE];
    this.scores = new float[engine.scores() * STRIDE];
    this.keys = new KeyTexts(plan, planned.form().keys());
    this.firstColumn = planned.firstColumn();
    this.outputs = challenger.outputs();
    this.labels = ScoreFields.labels(challenger);
    this.version = UTF8String.fromString(challenger.modelVersion());
  }

  /** Scores the rows of a block, and compares them. */
  void score(Scored champion) {
    attempt(
        () -> {
          scoreRows(champion);
          tally.counts().get().add(new Block(champion));
        });
  }

  private void attempt(Runnable step) {
    if (tally.counts().isEmpty()) {
      return;
    }

    try {
      step.run();
    } catch (RuntimeException | Error e) {
      if (e instanceof OutOfMemoryError) {
        throw e; // whose heap it is, nobody knows; the driver tries without challengers
      }

      tally.fail("it has failed for a row: %s".formatted(e));
    }
  }

  private void scoreRows(Scored champion) {
    int rows = champion.block.rows();
    if (hasSameSlots) {
      engine.scoreColumns(champion.slots, STRIDE, rows, margins, scores);
      return;
    }

    faults.clear();
    encoder.encode(champion.block, champion.file, slots, faults);
    fields.copyColumns(champion.slots, slots, STRIDE, rows);
    engine.scoreColumns(slots, STRIDE, rows, margins, scores);
  }

  /** Returns whether the challenger has scored a row of the last block. */
  private boolean isScored(Scored champion, int row) {
    boolean isRefused = champion.faults.isFaulty(row) && !ofBoth(champion, row).isEmpty();
    return tally.counts().isPresent() && !faults.isFaulty(row) && !isRefused;
  }

  /**
   * Writes what it makes of a row to its columns of an output row, if it has some: scores, label,
   * version, or nulls if it has not scored it.
   */
  void write(Scored champion, int row, SpecificInternalRow output) {
    if (firstColumn < 0) {
      return;
    }

    boolean isScored = isScored(champion, row);
    int at = row * engine.scores();
    int to = firstColumn;
    for (int score = 0; score < outputs.names().size(); score++) {
      if (isScored) {
        output.setFloat(to++, scores[at + score]);
      } else {
        output.setNullAt(to++);
      }
    }

    if (outputs.hasLabel()) {
      output.update(to++, isScored ? labels[outputs.classIndex(scores, at)] : null);
    }

    output.update(to, isScored ? version : null);
  }

  private List<Fault> ofBoth(Scored champion, int row) {
    return champion.faults.of(row).stream()
        .filter(fault -> fault.field().isEmpty() || shared.contains(fault.field()))
        .toList();
  }

  private final class Block implements ComparedBlock {
    private final Scored champion;
    private final boolean areAllScored; // by both, as nearly always

    Block(Scored champion) {
      this.champion = champion;
      this.areAllScored = champion.faults.faulty() + faults.faulty() == 0;
    }

    @Override
    public int rows() {
      return champion.block.rows();
    }

    @Override
    public boolean isScored(Side side, int row) {
      if (areAllScored) {
        return true;
      }

      return side == Side.CHAMPION
          ? !champion.faults.isFaulty(row)
          : ChallengerRows.this.isScored(champion, row);
    }

    @Override
    public List<Fault> faults(Side side, int row) {
      if (side == Side.CHAMPION) {
        return champion.faults.of(row);
      }

      List<Fault> all = new ArrayList<>();
      if (champion.faults.isFaulty(row)) {
        all.addAll(ofBoth(champion, row));
      }

      if (faults.isFaulty(row)) {
        all.addAll(faults.of(row));
      }

      return all;
    }

    @Override
    public float[] scores(Side side) {
      return side == Side.CHAMPION ? champion.scores : scores;
    }

    @Override
    public float[] margins(Side side) {
      return side == Side.CHAMPION ? champion.margins : margins;
    }

    @Override
    public List<String> key(int row) {
      return keys.of(champion.block, champion.file, row);
    }

    @Override
    public String slice(int row) {
      return "";
    }

    @Override
    public float[] slots(Side side, int row) {
      float[] from = side == Side.CHAMPION || hasSameSlots ? champion.slots : slots;
      float[] copy = new float[from.length / STRIDE];
      for (int slot = 0; slot < copy.length; slot++) {
        copy[slot] = from[slot * STRIDE + row];
      }

      return copy;
    }
  }
}
