package io.paritree.serving.models;

import io.paritree.model.StoredAlias;
import io.paritree.model.StoredModel;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the store of a slot's model says beside the version in service: which versions and aliases
 * there are, and how the alias that the slot follows has moved.
 *
 * <p>It is read by the start and by the looks for new versions, so no request waits for a store: at
 * most once a minute unless a look finds another version than the one before. Thread-safe.
 */
public final class SeenStore {
  private static final Logger LOG = LoggerFactory.getLogger(SeenStore.class);
  private static final Duration FRESH = Duration.ofMinutes(1);

  private final Optional<String> alias;
  private final boolean isStore;
  private String around = ""; // the location that a look had found when the store was read
  private long readNanos; // nanosecond clock, when it was; guarded by this, as the rest
  private Optional<Seen> seen = Optional.empty();

  /**
   * What the store had of the model.
   *
   * @param alias that the slot follows; empty if it follows none
   * @param at when that was read
   */
  public record Seen(StoredModel model, Optional<StoredAlias> alias, Instant at) {}

  /**
   * @param isStore whether the model is a version in a store
   */
  SeenStore(Optional<String> alias, boolean isStore) {
    this.alias = alias;
    this.isStore = isStore;
  }

  /** Returns when the alias was moved to a version; empty if its journal does not say so. */
  Optional<Instant> movedTo(String location) {
    return seen().flatMap(Seen::alias).flatMap(own -> own.movedTo(location));
  }

  /** Returns what the store had of the model; empty if it is in no store. */
  synchronized Optional<Seen> seen() {
    return seen;
  }

  /**
   * Reads the store, unless it was read just now.
   *
   * @param location of the version in service
   * @param found the location that the look has found, which may have been refused
   * @param isForced whether it is read although it was read just now
   */
  void look(String location, String found, boolean isForced) {
    Optional<Seen> before;
    synchronized (this) {
      boolean isFresh = around.equals(found) && System.nanoTime() - readNanos < FRESH.toNanos();
      if (!isStore || isFresh && !isForced) {
        return;
      }

      around = found; // also if it cannot be read now: then after a while again
      readNanos = System.nanoTime();
      before = seen;
    }

    try {
      StoredModel model = StoredModel.around(location);
      model.problems().forEach(problem -> LOG.debug("{}", problem));
      Optional<StoredAlias> own = Optional.empty();
      if (alias.isPresent()) {
        own = Optional.of(StoredAlias.around(location, alias.get(), before.flatMap(Seen::alias)));
      }

      Seen read = new Seen(model, own, Instant.now());
      synchronized (this) {
        seen = Optional.of(read);
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("Cannot read what is beside {}", location, e);
    }
  }

  /** Reads the store again at the next look, since the alias was elsewhere meanwhile. */
  synchronized void forget() {
    around = "";
  }
}
