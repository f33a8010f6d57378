package io.paritree.spark.rows;

import io.paritree.ModelException;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.ModelMemory;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.broadcast.Broadcast;

/** The models that this JVM has opened, each once. Thread-safe. */
public final class OpenModels {
  private static final ConcurrentHashMap<String, ScoringModel> OPEN = new ConcurrentHashMap<>();

  private OpenModels() {}

  /** Adds a model that is already open; in local mode, tasks find it here. */
  public static void remember(ScoringModel model, EngineKind engine) {
    OPEN.putIfAbsent(key(model.digest(), engine), model);
  }

  /** Returns the model of a digest, opened from the broadcast bytes if it is not open yet. */
  static ScoringModel open(Broadcast<ModelFiles> files, String digest, EngineKind engine) {
    return OPEN.computeIfAbsent(
        key(digest, engine),
        key -> {
          try {
            // The broadcast itself may be too large for the executor's heap.
            return ModelMemory.within("the model", 0, () -> Opening.open(files.value(), engine));
          } catch (ModelException e) {
            throw new IllegalStateException("Cannot open the model in an executor", e);
          }
        });
  }

  private static String key(String digest, EngineKind engine) {
    return digest + "/" + engine;
  }
}
