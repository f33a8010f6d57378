package io.paritree.replay;

import io.paritree.ModelException;
import io.paritree.comparison.ComparisonCounts;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.RecordedModels;
import io.paritree.model.ScoringModel;
import io.paritree.model.difference.ModelPair;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The models that lines name, each found once, and the challenger of them. Thread-safe. */
final class ReplayedModels {
  private final List<RecordedModels> stores;
  private final Optional<ScoringModel> challenger;
  private final int movers;
  private final Map<RecordedModels.Recorded, RecordedModels.Found> known = new HashMap<>();

  /**
   * Opens the challenger.
   *
   * @throws ModelException if it is refused
   */
  ReplayedModels(ReplayQuery query) throws ModelException, IOException {
    this.stores =
        query.stores().stream().map(store -> new RecordedModels(store, Map.of())).toList();
    this.challenger =
        query.challenger().isPresent()
            ? Optional.of(Opening.open(query.challenger().get(), EngineKind.FOREST))
            : Optional.empty();
    this.movers = query.movers();
  }

  /** Returns what is there of a model. */
  synchronized RecordedModels.Found find(RecordedModels.Recorded model) throws IOException {
    RecordedModels.Found found = known.get(model);
    if (found == null) {
      found = search(model);
      known.put(model, found);
    }

    return found;
  }

  private RecordedModels.Found search(RecordedModels.Recorded model) throws IOException {
    RecordedModels.Found best = null;
    for (RecordedModels store : stores) {
      RecordedModels.Found found = store.find(model);
      if (found instanceof RecordedModels.Found.Same) {
        return found;
      } else if (best == null || found instanceof RecordedModels.Found.Replaced) {
        best = found;
      }
    }

    return best;
  }

  /** Returns the model and the challenger, if there is one that may take its place. */
  Optional<ModelPair> pair(ScoringModel champion) {
    return challenger
        .filter(other -> !other.sealed() || !champion.sealed() || sameName(champion, other))
        .map(other -> new ModelPair(champion, other));
  }

  private static boolean sameName(ScoringModel one, ScoringModel other) {
    return one.name().equals(other.name());
  }

  /** Returns what counts the rows of a pair. */
  ComparisonCounts counts(ModelPair pair) {
    return new ComparisonCounts(pair.form(AnsweredBlock.KEYS, "", movers));
  }
}
