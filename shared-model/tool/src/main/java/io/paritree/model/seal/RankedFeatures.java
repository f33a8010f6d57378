package io.paritree.model.seal;

import io.paritree.feature.Schema;
import io.paritree.forest.SplitValues;
import io.paritree.model.manifest.FieldImportance;
import io.paritree.model.manifest.ReasonGroup;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The features of a model by their importance, of which the first have bins. */
record RankedFeatures(Sealing sealing, SplitValues splits) {

  /**
   * Returns the slots, the most important first, and last those that the model does not use.
   *
   * @param importance of the fields; empty if it is not known
   */
  List<Integer> slots(Optional<FieldImportance> importance) {
    Schema schema = sealing.schema();
    double[] means = new double[schema.width()];
    if (importance.isPresent()) {
      for (ReasonGroup group : ReasonGroup.of(schema, sealing.form().reasons())) {
        double mean = importance.get().means().get(group.name());
        group.slots().forEach(slot -> means[slot] = mean);
      }
    }

    boolean[] isUsed = new boolean[means.length];
    for (int slot = 0; slot < isUsed.length; slot++) {
      isUsed[slot] = isUsed(slot);
    }

    return IntStream.range(0, means.length)
        .boxed()
        .sorted(
            Comparator.comparing((Integer slot) -> !isUsed[slot])
                .thenComparing(slot -> -means[slot]))
        .toList();
  }

  private boolean isUsed(int slot) {
    boolean isCategory = sealing.schema().features().get(slot).kind().isCategory();
    return !splits.isStepwise(slot)
        || splits.thresholds(slot).length > 0
        || isCategory && splits.categories(slot).length > 0;
  }
}
