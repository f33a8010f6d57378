package io.paritree.serving;

import io.paritree.ModelException;
import io.paritree.model.EngineKind;
import io.paritree.model.ScoringModel;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The model that answers under one reference, and the one way to change it.
 *
 * <p>Thread-safe. A request reads {@link #current} once and carries that model to its end, so no
 * answer mixes two models. The replaced one is left to the garbage collector: it holds no native
 * memory, no file and no thread, and needs no closing.
 */
final class ModelSlot {
  private final ModelReference reference;
  private final ServingConfig config;
  private final ServerMetrics metrics;
  private final AtomicReference<ServedModel> current;

  /**
   * Opens the model under a reference.
   *
   * @throws ModelException if it is corrupt or not supported
   * @throws IOException if it cannot be read
   */
  ModelSlot(ModelReference reference, ServingConfig config, ServerMetrics metrics)
      throws ModelException, IOException {
    this.reference = reference;
    this.config = config;
    this.metrics = metrics;
    this.current = new AtomicReference<>(open());
  }

  ModelReference reference() {
    return reference;
  }

  /** Returns the model in service; never null. */
  ServedModel current() {
    return current.get();
  }

  /** Returns what the slot does now, in a word or a sentence. */
  String state() {
    return "in service";
  }

  private ServedModel open() throws ModelException, IOException {
    ScoringModel model = ScoringModel.open(reference.location(), EngineKind.FOREST);
    ServedModel served =
        new ServedModel(model, Instant.now(), config.records().unknownFields(), metrics);
    WarmUp.run(served, config.models().warmUpRows());
    return served;
  }
}
