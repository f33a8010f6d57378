package io.paritree.spark.score;

import io.paritree.ModelException;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.ModelMemory;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import java.lang.ref.SoftReference;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.broadcast.Broadcast;

/**
 * The models that this JVM has opened, each once. A model that nothing uses any more is kept as
 * long as there is heap for it. Thread-safe.
 */
public final class OpenModels {
  private static final ConcurrentHashMap<String, SoftReference<ScoringModel>> OPEN =
      new ConcurrentHashMap<>();

  private OpenModels() {}

  /** Adds a model that is already open; in local mode, tasks find it here. */
  public static void remember(ScoringModel model, EngineKind engine) {
    OPEN.compute(
        key(model.digest(), engine),
        (key, known) -> isOpen(known) ? known : new SoftReference<>(model));
  }

  /**
   * Returns the model of a digest, opened from the broadcast bytes if it is not open yet.
   *
   * @throws IllegalStateException if it cannot be opened, or the bytes are of another model
   */
  public static ScoringModel open(Broadcast<ModelFiles> files, String digest, EngineKind engine) {
    ScoringModel[] open = new ScoringModel[1]; // refers to it until the caller does
    OPEN.compute(
        key(digest, engine),
        (key, known) -> {
          open[0] = known == null ? null : known.get();
          if (open[0] != null) {
            return known;
          }

          open[0] = opened(files, digest, engine);
          return new SoftReference<>(open[0]);
        });
    return open[0];
  }

  private static ScoringModel opened(
      Broadcast<ModelFiles> files, String digest, EngineKind engine) {
    ScoringModel model;
    try {
      // The broadcast itself may be too large for the executor's heap.
      model = ModelMemory.within("the model", 0, () -> Opening.open(files.value(), engine));
    } catch (ModelException e) {
      throw new IllegalStateException("Cannot open the model in an executor", e);
    }

    if (!model.digest().equals(digest)) {
      throw new IllegalStateException(
          "Cannot score: the model's bytes have the digest %s, but the plan was made for %s"
              .formatted(model.digest(), digest));
    }

    return model;
  }

  private static boolean isOpen(SoftReference<ScoringModel> known) {
    return known != null && known.get() != null;
  }

  private static String key(String digest, EngineKind engine) {
    return digest + "/" + engine;
  }
}
