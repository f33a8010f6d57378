package io.paritree.model.layout;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The journal of one alias: a file {@code <number>.json} per move, in {@code
 * <store>/<name>/moves/<alias>/}.
 *
 * <p>A move begins with its file, which is created only if it is not there: of several processes
 * that have seen the same journal one moves the alias. The file is written again, confirmed, once
 * the alias has moved. A move that is neither confirmed nor {@link #ABANDONED} old is under way.
 */
final class AliasJournal {
  private static final String DIRECTORY = "moves";
  private static final String ENDING = ".json";
  private static final Pattern FILE = Pattern.compile("[1-9][0-9]{0,17}\\.json");

  /** After this time, the process that has begun a move has ended. */
  private static final Duration ABANDONED = Duration.ofMinutes(1);

  /** A process that has taken longer to get here leaves the alias alone. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FileStore files;
  private final Location model;
  private final Location directory;

  AliasJournal(FileStore files, Location model, String alias) {
    this.files = files;
    this.model = model;
    this.directory = model.resolve(DIRECTORY).resolve(alias);
  }

  /** Moves the alias itself. */
  @FunctionalInterface
  interface Change {
    /** Returns whether it was moved; false if it named something else than was seen. */
    boolean apply() throws IOException;
  }

  /** Returns the numbers of the entries, ascending. */
  TreeSet<Long> numbers() throws IOException {
    try {
      BoundedRead.refuseLink(files, model, directory.parent());
      BoundedRead.refuseLink(files, model, directory);
    } catch (CorruptModelException e) {
      throw new IOException(e.getMessage(), e);
    }

    TreeSet<Long> numbers = new TreeSet<>();
    for (FileEntry entry : files.listOrNone(directory, ModelStore.MAX_ENTRIES)) {
      String name = entry.location().name();
      if (FILE.matcher(name).matches()) {
        numbers.add(Long.parseLong(name.substring(0, name.length() - ENDING.length())));
      }
    }

    return numbers;
  }

  /**
   * Reads the last entries.
   *
   * @param most as many entries
   * @param furthest so many are read at most if none of these is a move that was confirmed, until
   *     one is
   * @param unreadable receives an exception for each entry that cannot be read
   */
  List<AliasMove> read(
      TreeSet<Long> numbers, int most, int furthest, List<CorruptModelException> unreadable)
      throws IOException {
    List<AliasMove> moves = new ArrayList<>();
    boolean hasMoved = false;
    int count = 0;
    for (long number : numbers.descendingSet()) {
      if (count >= most && (hasMoved || count >= furthest)) {
        break;
      }

      count++;
      try {
        AliasMove move = entry(number);
        moves.add(move);
        hasMoved |= move.confirmed().isPresent() && move.isChange();
      } catch (NoSuchFileException e) {
        count--; // it was withdrawn meanwhile
      } catch (CorruptModelException e) {
        unreadable.add(e);
        hasMoved = true; // nobody knows what was before it
      }
    }

    Collections.reverse(moves);
    Collections.reverse(unreadable);
    return moves;
  }

  /**
   * Moves the alias, with an entry that says so; or only enters that it was refused, which it is
   * whatever others do meanwhile.
   *
   * @param seen the alias and the end of its journal, as the caller has seen them
   * @param asked without number and time
   * @throws AliasMovedException if another process has begun to move it since, or before and not
   *     ended
   */
  void move(AliasHistory seen, AliasMove asked, Change change) throws IOException {
    Instant now = now();
    if (!asked.isRefused()) {
      refuseUnderWay(seen, now);
    }

    long began = System.nanoTime();
    AliasMove move = begin(seen, asked, now);
    if (move.isRefused()) {
      return;
    }

    long number = move.number();
    if (System.nanoTime() - began > PATIENCE.toNanos()) {
      throw new AliasMovedException(
          "Cannot move alias %s: the store took more than %s s to write its journal; try again in %s s"
              .formatted(seen.reference(), PATIENCE.toSeconds(), ABANDONED.toSeconds()));
    }

    if (!change.apply()) {
      files.delete(file(number));
      throw new AliasMovedException(
          "Cannot move alias %s: its file was changed meanwhile by something else than this command"
              .formatted(seen.reference()));
    }

    try {
      files.replace(file(number), move.confirmedAt(now()).toJson());
    } catch (IOException e) {
      return; // the alias has moved, and what it names says so as well
    }
  }

  /** Creates the entry. A try that was refused meanwhile has moved nothing: it comes after that. */
  private AliasMove begin(AliasHistory seen, AliasMove asked, Instant now) throws IOException {
    for (long number = seen.lastNumber() + 1; ; number++) {
      AliasMove move = asked.begun(number, now);
      try {
        files.create(file(number), move.toJson());
        if (!move.isRefused()) {
          withdrawIfLate(seen, number);
        }

        return move;
      } catch (FileAlreadyExistsException e) {
        if (!asked.isRefused() && !isRefused(number)) {
          throw movedMeanwhile(seen, number);
        }
      }
    }
  }

  /**
   * Withdraws an entry that has come before one of a move: another process, which this one has not
   * seen, has withdrawn its own there.
   */
  private void withdrawIfLate(AliasHistory seen, long number) throws IOException {
    for (long later : numbers().tailSet(number, false)) {
      if (!isRefused(later)) {
        files.delete(file(number));
        throw movedMeanwhile(seen, later);
      }
    }
  }

  private AliasMovedException movedMeanwhile(AliasHistory seen, long number) {
    return new AliasMovedException(
        "Cannot move alias %s: another process has begun to move it meanwhile (%s); see alias --history"
            .formatted(seen.reference(), file(number)));
  }

  private boolean isRefused(long number) throws IOException {
    // An entry that cannot be read may be of a move that was withdrawn.
    return known(number).map(AliasMove::isRefused).orElse(false);
  }

  private AliasMove entry(long number) throws CorruptModelException, IOException {
    Location file = file(number);
    byte[] content = BoundedRead.ofOwn(files, model, file, AliasMove.MAX_BYTES);
    return AliasMove.fromJson(number, file.toString(), content);
  }

  /** Returns an entry; empty if it cannot be read, or is not there any more. */
  private Optional<AliasMove> known(long number) throws IOException {
    try {
      return Optional.of(entry(number));
    } catch (CorruptModelException | NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS);
  }

  private void refuseUnderWay(AliasHistory seen, Instant now) throws IOException {
    Optional<AliasMove> last = lastNotRefused(seen);
    if (last.isEmpty()) {
      return;
    }

    AliasMove move = last.get();
    boolean hasEnded = move.confirmed().isPresent() || seen.version().equals(move.to());
    if (!hasEnded && Duration.between(move.time(), now).compareTo(ABANDONED) < 0) {
      throw new AliasMovedException(
          "Cannot move alias %s: %s has begun to move it to %s at %s; see alias --history, and try again after %s"
              .formatted(
                  seen.reference(),
                  Fault.printable(move.user()),
                  move.to().map(version -> "version " + version).orElse("no version"),
                  move.time(),
                  move.time().plus(ABANDONED)));
    }
  }

  /**
   * Returns the last entry of a move, after which tries may have been entered that were refused;
   * empty if there is none, or if one of these entries cannot be read.
   */
  private Optional<AliasMove> lastNotRefused(AliasHistory seen) throws IOException {
    for (long number : numbers().headSet(seen.lastNumber(), true).descendingSet()) {
      Optional<AliasMove> move = known(number);
      if (move.isEmpty() || !move.get().isRefused()) {
        return move;
      }
    }

    return Optional.empty();
  }

  private Location file(long number) {
    return directory.resolve(number + ENDING);
  }
}
