package io.paritree.serving.models;

import io.paritree.model.ModelFiles;
import io.paritree.model.StoredModel;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the store of a slot's model says beside the version in service: which versions and aliases
 * there are, and when the alias was moved, if its journal says so.
 *
 * <p>It is read by the start and by the looks for new versions, so no request waits for a store:
 * versions and aliases at most once a minute unless a look finds another version than the one
 * before, the journal not before somebody has asked. Thread-safe.
 */
public final class SeenStore {
  private static final Logger LOG = LoggerFactory.getLogger(SeenStore.class);
  private static final Duration FRESH = Duration.ofMinutes(1);

  private final Optional<String> alias;
  private final boolean isStore;
  private boolean isAsked; // guarded by this, as the rest
  private String known = ""; // the location of the version whose move was read
  private Optional<Instant> moved = Optional.empty();
  private String around = ""; // the location that a look had found when the versions were read
  private long readNanos; // nanosecond clock, when they were
  private Optional<Seen> seen = Optional.empty();

  /**
   * What the store had of the model.
   *
   * @param at when that was read
   */
  public record Seen(StoredModel model, Instant at) {}

  /**
   * @param isStore whether the model is a version in a store
   */
  SeenStore(Optional<String> alias, boolean isStore) {
    this.alias = alias;
    this.isStore = isStore;
  }

  /** Returns when the alias was moved to a version; empty until that is read. */
  synchronized Optional<Instant> movedTo(String location) {
    isAsked = true;
    return known.equals(location) ? moved : Optional.empty();
  }

  /** Returns the versions and aliases of the model; empty if it is in no store. */
  synchronized Optional<Seen> seen() {
    return seen;
  }

  /**
   * Reads what is wanted and not known.
   *
   * @param location of the version in service
   * @param found the location that the look has found, which may have been refused
   * @param isForced whether versions and aliases are read although they were read just now
   */
  void look(String location, String found, boolean isForced) {
    if (isStore) {
      lookAround(location, found, isForced);
    }

    if (alias.isPresent() && isWanted(location)) {
      lookAtJournal(location);
    }
  }

  private void lookAround(String location, String found, boolean isForced) {
    synchronized (this) {
      boolean isFresh = around.equals(found) && System.nanoTime() - readNanos < FRESH.toNanos();
      if (isFresh && !isForced) {
        return;
      }

      around = found; // also if it cannot be read now: then after a while again
      readNanos = System.nanoTime();
    }

    try {
      Seen read = new Seen(StoredModel.around(location), Instant.now());
      read.model().problems().forEach(problem -> LOG.debug("{}", problem));
      synchronized (this) {
        seen = Optional.of(read);
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("Cannot read which versions are beside {}", location, e);
    }
  }

  private void lookAtJournal(String location) {
    try {
      Optional<Instant> read = ModelFiles.aliasMoved(location, alias.get());
      synchronized (this) {
        known = location;
        moved = read;
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("Cannot read when the alias was moved to {}", location, e);
    }
  }

  private synchronized boolean isWanted(String location) {
    return isAsked && !known.equals(location);
  }

  /** Forgets what is known, since the alias was elsewhere meanwhile. */
  synchronized void forget() {
    known = "";
    around = "";
  }
}
