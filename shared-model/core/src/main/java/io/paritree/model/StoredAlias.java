package io.paritree.model;

import io.paritree.CorruptModelException;
import io.paritree.model.layout.AliasHistory;
import io.paritree.model.layout.AliasMove;
import io.paritree.model.layout.GuardedAliases;
import io.paritree.model.layout.ModelStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a store says of one alias: how it has moved lately, and what it requires of a version.
 *
 * @param history with the last {@link #MOST_MOVES} entries of its journal, its last move, and what
 *     it names
 * @param guard whether it moves with evidence only
 * @param requirements rules that such evidence must meet, as they are written
 */
public record StoredAlias(AliasHistory history, Guard guard, List<String> requirements) {
  /** As many entries of a journal are read. */
  public static final int MOST_MOVES = 20;

  /** So many are read to find the last move among tries that were refused. */
  private static final int MOST_TRIES = 200;

  /** Whether an alias moves with evidence only. */
  public enum Guard {
    ABSENT,
    PRESENT,
    /** The file that says so cannot be read, so that nothing moves the alias. */
    UNREADABLE
  }

  public StoredAlias {
    requirements = List.copyOf(requirements);
  }

  /**
   * Reads what the store of a version says of an alias.
   *
   * @param location of the version, where {@link ModelFiles#locate} has found it in a store
   * @param before what was read before, of whose journal only the end is read again
   */
  public static StoredAlias around(String location, String alias, Optional<StoredAlias> before)
      throws IOException {
    Location model = Location.of(location).parent();
    ModelStore store = new ModelStore(model.parent());
    AliasHistory history = store.history(model.name(), alias, 1);
    Optional<AliasHistory> known =
        before.map(StoredAlias::history).filter(all -> isContinuedBy(all, history));
    AliasHistory all =
        known.isPresent()
            ? known.get()
            : store.history(model.name(), alias, MOST_MOVES, MOST_TRIES).newest(MOST_MOVES);
    try {
      GuardedAliases guarded = store.guarded(model.name());
      boolean isGuarded = guarded.requirements().containsKey(alias);
      return new StoredAlias(
          all, isGuarded ? Guard.PRESENT : Guard.ABSENT, guarded.requirements(alias));
    } catch (CorruptModelException e) {
      return new StoredAlias(all, Guard.UNREADABLE, List.of());
    }
  }

  private static boolean isContinuedBy(AliasHistory all, AliasHistory end) {
    int size = all.moves().size();
    return all.version().equals(end.version())
        && all.lastNumber() == end.lastNumber()
        && end.unreadable().isEmpty()
        && all.moves().subList(Math.max(0, size - 1), size).equals(end.moves());
  }

  /**
   * Returns when it was moved to a version last; empty if the journal does not say so.
   *
   * @param location of the version
   */
  public Optional<Instant> movedTo(String location) {
    long version = Long.parseLong(Location.of(location).name());
    if (history.version().equals(Optional.of(version)) && !history.fitsLastMove()) {
      return Optional.empty(); // another program has changed the alias
    }

    return IntStream.range(0, history.moves().size())
        .filter(history::happened)
        .mapToObj(history.moves()::get)
        .filter(AliasMove::isChange)
        .filter(move -> move.to().equals(Optional.of(version)))
        .map(AliasMove::time)
        .reduce((earlier, later) -> later);
  }
}
