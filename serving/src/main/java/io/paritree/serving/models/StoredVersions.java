package io.paritree.serving.models;

import io.paritree.ModelException;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.record.UnknownFields;
import io.paritree.serving.metrics.ServerMetrics;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Versions of served models with which rows were stored: versions in service, and a few others,
 * which are opened when they are asked for. Thread-safe.
 */
public final class StoredVersions {
  private static final Logger LOG = LoggerFactory.getLogger(StoredVersions.class);
  private static final int KEPT = 4;
  private static final long RETRY_NANOS = ModelSlot.RETRY.toNanos();

  private final Models models;
  private final UnknownFields unknown;
  private final Rechecks rechecks;
  private final ServerMetrics metrics;

  private final LongSupplier nanos;

  /**
   * A version that was opened.
   *
   * @param model empty if it was refused
   * @param nanos nanosecond clock, when that was known
   */
  private record Opened(Optional<ServedModel> model, long nanos) {}

  /** The versions that were opened, the one that was asked for last at the end. */
  private final Map<String, Opened> opened =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Opened> eldest) {
          return size() > KEPT;
        }
      };

  public StoredVersions(
      Models models, UnknownFields unknown, Rechecks rechecks, ServerMetrics metrics) {
    this(models, unknown, rechecks, metrics, System::nanoTime);
  }

  /**
   * @param nanos a monotonic clock, in nanoseconds
   */
  StoredVersions(
      Models models,
      UnknownFields unknown,
      Rechecks rechecks,
      ServerMetrics metrics,
      LongSupplier nanos) {
    this.nanos = nanos;
    this.rechecks = rechecks;
    this.models = models;
    this.unknown = unknown;
    this.metrics = metrics;
  }

  /**
   * Returns a version of a served model.
   *
   * @param modelVersion the model's name and the version
   * @return empty if the model's store no longer has it
   */
  public Optional<ServedModel> find(String modelVersion) {
    int slash = modelVersion.indexOf('/');
    if (slash < 0 || !modelVersion.substring(slash + 1).matches("[0-9]{1,9}")) {
      return Optional.empty();
    }

    String name = modelVersion.substring(0, slash);
    String version = modelVersion.substring(slash + 1);
    Optional<ModelSlot> served = models.find(name, version);
    return served.isPresent()
        ? served.map(ModelSlot::current)
        : models.find(name).flatMap(slot -> opened(slot, modelVersion, version));
  }

  /**
   * Opens a version beside the one that a slot has; one at a time, since that takes memory. One
   * that was refused is opened again after a while: it may have been half copied.
   */
  private synchronized Optional<ServedModel> opened(
      ModelSlot slot, String modelVersion, String version) {
    Opened before = opened.get(modelVersion);
    long now = nanos.getAsLong();
    if (before != null && (before.model().isPresent() || now - before.nanos() < RETRY_NANOS)) {
      return before.model();
    }

    Optional<ServedModel> known;
    try {
      known = open(slot, version).filter(found -> isVersion(found, modelVersion));
    } catch (IOException e) { // may be readable the next time
      LOG.info("Cannot read version {} of {}: {}", version, slot.reference(), e.getMessage());
      return Optional.empty();
    }

    opened.put(modelVersion, new Opened(known, nanos.getAsLong()));
    return known;
  }

  private static boolean isVersion(ServedModel found, String modelVersion) {
    return found.model().modelVersion().equals(modelVersion);
  }

  private Optional<ServedModel> open(ModelSlot slot, String version) throws IOException {
    String store = slot.reference().replaceFirst("(@[^/]*|/[0-9]{1,9})/?$", "");
    try {
      ScoringModel model = Opening.open(store + "/" + version, EngineKind.FOREST);
      Instant now = Instant.now();
      return Optional.of(
          new ServedModel(
              model,
              rechecks.engine(model),
              now,
              now,
              unknown,
              Optional.empty(),
              () -> null,
              metrics));
    } catch (ModelException e) {
      LOG.info("Cannot open version {} of {}: {}", version, slot.reference(), e.getMessage());
      return Optional.empty();
    }
  }
}
