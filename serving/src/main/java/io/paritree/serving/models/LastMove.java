package io.paritree.serving.models;

import io.paritree.model.ModelFiles;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When an alias was moved to the version that it names, if its journal says so.
 *
 * <p>The journal is read by the looks for new versions, and not before somebody has asked: no
 * request and no start waits for a store. Thread-safe.
 */
final class LastMove {
  private static final Logger LOG = LoggerFactory.getLogger(LastMove.class);

  private final Optional<String> alias;
  private boolean isAsked; // guarded by this, as the rest
  private String known = ""; // the location of the version whose move was read
  private Optional<Instant> at = Optional.empty();

  LastMove(Optional<String> alias) {
    this.alias = alias;
  }

  /** Returns when the alias was moved to a version; empty until that is read. */
  synchronized Optional<Instant> to(String location) {
    isAsked = true;
    return known.equals(location) ? at : Optional.empty();
  }

  /** Reads when the alias was moved to a version, if somebody has asked and it is not known. */
  void look(String location) {
    if (alias.isEmpty() || !isWanted(location)) {
      return;
    }

    try {
      Optional<Instant> read = ModelFiles.aliasMoved(location, alias.get());
      synchronized (this) {
        known = location;
        at = read;
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
  }
}
