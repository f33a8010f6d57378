package io.paritree.model.trainer;

import io.paritree.CorruptModelException;
import io.paritree.forest.Engine;
import io.paritree.model.RoundsChoice;
import io.paritree.xgboost.XgboostModel;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The trainer may have added other trees, or have added them otherwise. */
final class TreeCauses {
  /** To try all numbers of rounds takes time in the square of their number. */
  private static final long MAX_TREE_WALKS = 20_000_000;

  private TreeCauses() {}

  static Stream<Cause> of(SampledRows sample) {
    XgboostModel model = sample.sealing().model();
    int usual = sample.sealing().rounds().end();
    int best = best(model);
    TreeSet<Integer> named = new TreeSet<>();
    named.add(best);
    named.add(model.rounds());
    boolean isTooMany =
        (long) model.rounds() * model.trees() / 2 * sample.rows().size() > MAX_TREE_WALKS;
    Stream<Integer> ends = named.stream();
    if (!model.isLinear() && !isTooMany) {
      ends = IntStream.rangeClosed(1, model.rounds()).boxed();
    }

    Stream<Cause> rounds =
        ends.filter(end -> end != usual).map(end -> rounds(sample, end, best, model.rounds()));
    return sample.schema().offsets().isEmpty() // with them, inplace prediction has the same bits
        ? Stream.concat(rounds, inplace(sample, usual))
        : rounds;
  }

  /** Returns the end of the best rounds; of all, where the file names one that it does not have. */
  private static int best(XgboostModel model) {
    try {
      return RoundsChoice.best(model).end();
    } catch (CorruptModelException e) {
      return model.rounds();
    }
  }

  private static Cause rounds(SampledRows sample, int end, int best, int all) {
    Supplier<Engine> engine = () -> sample.forest(end);
    if (end == all) {
      return Cause.ofTrees(
          "the trainer scored all %s rounds".formatted(all), "give --rounds all", engine);
    }

    return end == best
        ? Cause.ofTrees(
            "the trainer stopped early and scored the best %s of %s rounds".formatted(end, all),
            "give --rounds best",
            engine)
        : Cause.ofTrees(
            "the trainer scored the first %s of %s rounds".formatted(end, all),
            "give --rounds " + end,
            engine);
  }

  private static Stream<Cause> inplace(SampledRows sample, int end) {
    try {
      return sample.sealing().model().dartInplace(sample.range(end)).stream()
          .map(
              forest ->
                  Cause.ofTrees(
                      "the predictions of this DART model were made by inplace prediction, as the scikit-learn wrapper does, which rounds each tree's sum",
                      "write those of booster.predict(DMatrix)",
                      () -> sample.asSealed(forest)));
    } catch (CorruptModelException e) {
      throw new IllegalStateException(e);
    }
  }
}
