package io.paritree.serving.models;

import io.paritree.ModelException;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The challenger that a reference leads to. It is opened when somebody looks, and stays when it
 * cannot be replaced; that it cannot be opened stops nothing. Thread-safe.
 */
final class ChallengerSlot {
  private static final Logger LOG = LoggerFactory.getLogger(ChallengerSlot.class);

  private final String reference;
  private final AtomicLong looks = new AtomicLong();
  private volatile Optional<ScoringModel> current = Optional.empty();
  private volatile Optional<Refusal> refusal = Optional.empty();
  private String location = ""; // of the model; guarded by this
  private long ended; // the number of the last look whose result was used; guarded by this

  /**
   * Why the newest version is not compared.
   *
   * @param nanos nanosecond clock, when it was refused last
   */
  private record Refusal(String location, String reason, long nanos) {}

  /**
   * @param reference what {@link Opening#open} takes
   */
  ChallengerSlot(String reference) {
    this.reference = reference;
  }

  String reference() {
    return reference;
  }

  /** Returns the model; empty until it could be opened. */
  Optional<ScoringModel> current() {
    return current;
  }

  /** Returns why the newest version is not compared, if it is not. */
  Optional<String> refusal() {
    return refusal.map(Refusal::reason);
  }

  /** Returns how new versions are looked for. */
  VersionWatch.Watched watched() {
    return new VersionWatch.Watched(
        reference, () -> look(false), () -> look(true), limit -> overdue(limit));
  }

  private void overdue(Duration limit) {
    refused(reference, "its store has not answered for %s s".formatted(limit.toSeconds()));
  }

  private boolean look(boolean isForced) {
    long look = looks.incrementAndGet();
    String found = reference;
    try {
      found = ModelFiles.locate(reference).location();
      if (isForced || !isKnown(found)) {
        return replace(look, found, Opening.open(found, EngineKind.FOREST));
      }
    } catch (ModelException
        | IOException
        | RuntimeException
        | StackOverflowError
        | OutOfMemoryError e) {
      if (endsAsNewest(look)) {
        refused(found, String.valueOf(e.getMessage()));
      }
    }

    return false;
  }

  private synchronized boolean isKnown(String found) {
    Optional<Refusal> before = refusal;
    if (before.filter(known -> known.location().equals(found)).isPresent()) {
      return System.nanoTime() - before.get().nanos() < ModelSlot.RETRY.toNanos();
    }

    if (found.equals(location)) {
      refusal = Optional.empty();
      return true;
    }

    return false;
  }

  private synchronized boolean endsAsNewest(long look) {
    if (look < ended) {
      return false;
    }

    ended = look;
    return true;
  }

  private synchronized boolean replace(long look, String found, ScoringModel next) {
    if (!endsAsNewest(look)) {
      return false;
    }

    current = Optional.of(next);
    location = found;
    refusal = Optional.empty();
    LOG.info("Comparing {}, digest {}, as a challenger", next.modelVersion(), next.digest());
    return true;
  }

  private synchronized void refused(String found, String reason) {
    boolean isNew =
        refusal
            .filter(known -> known.location().equals(found) && known.reason().equals(reason))
            .isEmpty();
    refusal = Optional.of(new Refusal(found, reason, System.nanoTime()));
    if (isNew) {
      LOG.warn("The challenger {} cannot be opened, and callers do not notice: {}", found, reason);
    }
  }
}
