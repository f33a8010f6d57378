package io.paritree.model.trainer;

import io.paritree.forest.Engine;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Tries each cause alone: scores rows under it, and keeps those under which all rows agree with
 * their predictions.
 *
 * <p>The effort is bounded by the number of trees that are walked, so that the result does not
 * depend on the machine.
 */
final class Trials {
  /** So many rows must differ for a cause to be named. */
  static final int LEAST_DIFFERING = 20;

  private static final int PROBES = 2;
  private static final long MAX_WALKS = 40_000_000;
  private static final long SEED = 20_261_202L;

  private final SampledRows sample;
  private final List<TrainerRow> rows;
  private final Engine usual;
  private final List<Cause> agreeing = new ArrayList<>();
  private long walks;
  private boolean isCut;

  /** Tries all causes, if enough rows differ. */
  Trials(SampledRows sample) {
    this.sample = sample;
    this.rows = sample.rows();
    this.usual = sample.forest(sample.sealing().rounds().end()).fast();
    if (sample.differing() >= LEAST_DIFFERING) {
      Stream.of(
              PredictionCauses.of(sample, new Scored(usual, slots(rows, (row, slots) -> true))),
              TreeCauses.of(sample),
              OffsetCauses.of(sample),
              MissingCauses.of(sample),
              CategoryOrders.of(sample),
              UnitCauses.of(sample),
              ZoneCauses.of(sample),
              ColumnCauses.of(sample))
          .flatMap(causes -> causes)
          .takeWhile(cause -> !isSpent())
          .filter(this::agrees)
          .filter(this::isShown)
          .forEach(agreeing::add);
    }
  }

  /** Returns the causes under which all rows agree with their predictions. */
  List<Cause> agreeing() {
    return agreeing;
  }

  /** Returns whether some were not tried, because there were too many. */
  boolean isCut() {
    return isCut;
  }

  private boolean isSpent() {
    isCut |= walks > MAX_WALKS;
    return isCut;
  }

  private boolean agrees(Cause cause) {
    // Rows that differ are first: nearly all causes end with some of them.
    List<TrainerRow> probes = rows.subList(0, Math.min(PROBES, rows.size()));
    Engine engine = cause.engine().apply(usual);
    return agree(probes, cause, engine) && agree(rows, cause, engine);
  }

  private boolean agree(List<TrainerRow> some, Cause cause, Engine engine) {
    float[][] slots = slots(some, cause.change());
    return slots != null && agree(some, cause, engine, slots);
  }

  private boolean agree(List<TrainerRow> some, Cause cause, Engine engine, float[][] slots) {
    walks += (long) slots.length * (engine.trees() + sample.width());
    Scored scored = new Scored(engine, slots);
    return IntStream.range(0, some.size())
        .allMatch(at -> cause.reading().agrees(some.get(at), scored, at));
  }

  /** Returns the rows' slots after a change; null if the trainer cannot have scored one so. */
  private static float[][] slots(List<TrainerRow> some, Cause.Change change) {
    float[][] slots = new float[some.size()][];
    for (int at = 0; at < slots.length; at++) {
      slots[at] = some.get(at).slots().clone();
      if (!change.apply(some.get(at), slots[at])) {
        return null;
      }
    }

    return slots;
  }

  /**
   * Returns whether rows agree because of the values that a cause gives them: where any values in
   * their place agree as well, such as those of other rows, it is not shown.
   */
  private boolean isShown(Cause cause) {
    List<Integer> others = new ArrayList<>(IntStream.range(0, rows.size()).boxed().toList());
    Collections.shuffle(others, new Random(SEED));
    float[][] slots = slots(rows, cause.change());
    for (int feature : cause.features()) {
      float[][] dealt = new float[slots.length][];
      for (int at = 0; at < dealt.length; at++) {
        dealt[at] = slots[at].clone();
        dealt[at][feature] = slots[others.get(at)][feature];
      }

      if (sample.isTested(feature) && agree(rows, cause, usual, dealt)) {
        return false;
      }
    }

    return cause.rivals().get().stream().noneMatch(rival -> agrees(cause.with(rival)));
  }
}
