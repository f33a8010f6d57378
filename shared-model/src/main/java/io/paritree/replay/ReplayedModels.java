package io.paritree.replay;

import io.paritree.model.RecordedModels;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The models that lines name, each found once. Thread-safe. */
final class ReplayedModels {
  private final List<RecordedModels> stores;
  private final Map<RecordedModels.Recorded, RecordedModels.Found> known = new HashMap<>();

  /**
   * @param stores stores, packages or model files
   */
  ReplayedModels(List<String> stores) {
    this.stores = stores.stream().map(store -> new RecordedModels(store, Map.of())).toList();
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
}
