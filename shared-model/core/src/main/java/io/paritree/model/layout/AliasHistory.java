package io.paritree.model.layout;

import io.paritree.CorruptModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What an alias names at one moment, and its journal.
 *
 * <p>The alias is the truth: a move is in the journal before the alias moves, and is confirmed
 * afterwards. Where a process has ended between the two, what the alias named next says whether the
 * move happened.
 *
 * @param version what the alias names; empty if there is no such alias, or its file holds no
 *     version
 * @param moves the moves of the journal, or its last ones, in their order
 * @param lastNumber the number of the journal's last entry; 0 if it has none
 * @param unreadable a message for each entry that could not be read
 */
public record AliasHistory(
    String name,
    String alias,
    Optional<Long> version,
    List<AliasMove> moves,
    long lastNumber,
    List<CorruptModelException> unreadable) {

  public AliasHistory {
    moves = List.copyOf(moves);
    unreadable = List.copyOf(unreadable);
  }

  /** Returns {@code name@alias}. */
  public String reference() {
    return name + "@" + alias;
  }

  /** Returns what the alias named after a move: before the next one, or now. */
  public Optional<Long> after(int index) {
    // A try that is refused may have been begun before an entry that is before it.
    return moves.stream()
        .skip(index + 1L)
        .filter(next -> !next.isRefused())
        .findFirst()
        .map(AliasMove::from)
        .orElse(version);
  }

  public boolean happened(int index) {
    AliasMove move = moves.get(index);
    return !move.isRefused() && (move.confirmed().isPresent() || after(index).equals(move.to()));
  }

  /**
   * Returns the last move that happened, to something else than before; empty if there is none
   * among the moves.
   */
  public Optional<AliasMove> last() {
    return IntStream.range(0, moves.size())
        .filter(this::happened)
        .mapToObj(moves::get)
        .filter(AliasMove::isChange)
        .reduce((earlier, later) -> later);
  }

  /** Returns the same with the newest entries only, and the last move that happened. */
  public AliasHistory newest(int most) {
    List<AliasMove> kept =
        new ArrayList<>(moves.subList(Math.max(0, moves.size() - most), moves.size()));
    last().filter(own -> !kept.contains(own)).ifPresent(own -> kept.add(0, own));
    return new AliasHistory(name, alias, version, kept, lastNumber, unreadable);
  }

  /** Returns whether the alias names what its last move says. */
  public boolean fitsLastMove() {
    return last().map(move -> move.to().equals(version)).orElse(version.isEmpty());
  }
}
