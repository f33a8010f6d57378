package io.paritree.serving.models;

import io.paritree.ModelException;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.record.UnknownFields;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.metrics.StoreWaits;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
  private static final long IDLE_SECONDS = 30;
  private static final Duration WAIT = Duration.ofSeconds(2);
  private static final long RETRY_NANOS = ModelSlot.RETRY.toNanos();

  private final Models models;
  private final UnknownFields unknown;
  private final ServerMetrics metrics;
  private final StoreWaits waits;
  private final LongSupplier nanos;

  /** Opens versions, one at a time, since that takes memory. */
  private final ThreadPoolExecutor thread;

  private final Map<String, Future<Optional<ServedModel>>> opening = new HashMap<>();

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
      Models models, UnknownFields unknown, ServerMetrics metrics, StoreWaits waits) {
    this(models, unknown, metrics, waits, System::nanoTime);
  }

  /**
   * @param waits limits how many requests wait for stores
   * @param nanos a monotonic clock, in nanoseconds
   */
  StoredVersions(
      Models models,
      UnknownFields unknown,
      ServerMetrics metrics,
      StoreWaits waits,
      LongSupplier nanos) {
    this.nanos = nanos;
    this.waits = waits;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(KEPT),
            task -> {
              Thread opening = new Thread(task, "versions of stored rows");
              opening.setDaemon(true);
              return opening;
            });
    thread.allowCoreThreadTimeOut(true);
    this.models = models;
    this.unknown = unknown;
    this.metrics = metrics;
  }

  /**
   * Returns a version of a served model.
   *
   * @param modelVersion the model's name and the version
   * @return empty if the model's store no longer has it
   * @throws ProblemException with 503 if it is being opened, or too many requests wait for stores
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
   * Opens a version beside the one that a slot has, and waits a short time for it. One that was
   * refused is opened again after a while: it may have been half copied.
   */
  private Optional<ServedModel> opened(ModelSlot slot, String modelVersion, String version) {
    Future<Optional<ServedModel>> found;
    synchronized (this) {
      Opened before = opened.get(modelVersion);
      long now = nanos.getAsLong();
      if (before != null && (before.model().isPresent() || now - before.nanos() < RETRY_NANOS)) {
        return before.model();
      }

      found = opening.get(modelVersion);
      if (found == null) {
        found = submit(slot, modelVersion, version);
        opening.put(modelVersion, found);
      }
    }

    return await(found);
  }

  private Future<Optional<ServedModel>> submit(
      ModelSlot slot, String modelVersion, String version) {
    try {
      return thread.submit(() -> open(slot, modelVersion, version));
    } catch (RejectedExecutionException e) {
      throw busy();
    }
  }

  private Optional<ServedModel> await(Future<Optional<ServedModel>> found) {
    if (!waits.enter()) {
      throw busy();
    }

    try {
      return found.get(WAIT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw busy(); // once it is open, the next request has it
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot open a version of a stored row", e.getCause());
    } finally {
      waits.leave();
    }
  }

  private static ProblemException busy() {
    return new ProblemException(Problems.OVERLOADED.of());
  }

  /** Opens a version and keeps it; empty if it was refused, or cannot be read now. */
  private Optional<ServedModel> open(ModelSlot slot, String modelVersion, String version) {
    Optional<ServedModel> known = Optional.empty();
    boolean isKnown = false;
    try {
      known = open(slot, version).filter(found -> isVersion(found, modelVersion));
      isKnown = true;
    } catch (IOException e) { // may be readable the next time
      LOG.info("Cannot read version {} of {}: {}", version, slot.reference(), e.getMessage());
    } finally {
      opened(modelVersion, isKnown ? new Opened(known, nanos.getAsLong()) : null);
    }

    return known;
  }

  private synchronized void opened(String modelVersion, Opened result) {
    opening.remove(modelVersion);
    if (result != null) {
      opened.put(modelVersion, result);
    }
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
          new ServedModel(model, now, now, unknown, Optional.empty(), () -> null, metrics));
    } catch (ModelException e) {
      LOG.info("Cannot open version {} of {}: {}", version, slot.reference(), e.getMessage());
      return Optional.empty();
    }
  }
}
