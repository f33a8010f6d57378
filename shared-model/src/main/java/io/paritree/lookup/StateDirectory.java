package io.paritree.lookup;

import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Where the state of an output is: beside it in {@code _paritree/<name>/}, or in a directory that a
 * file in the output records, in {@code <name>-<hash of the output's path>/}.
 */
public final class StateDirectory {
  /** The file that records a directory. */
  public static final String RECORD = ".paritree-state";

  /** Below it, what is kept of a run that has not ended. */
  public static final String KEPT = "kept";

  /** Below it, what is kept of runs that have ended. */
  public static final String RUNS = "runs";

  /** Below what is kept, the files of the rows that could not be scored. */
  public static final String QUARANTINE = "quarantine";

  private static final int MAX_RECORD = 1 << 16;
  private static final String LOOKUP = "lookup";
  private static final String WHOLE = "whole";

  private StateDirectory() {}

  /** Returns the directory that an output's record names; empty if it has none. */
  public static Optional<Location> recorded(FileStore store, Location output) throws IOException {
    Location file = output.resolve(RECORD);
    try {
      byte[] record = store.readAtMost(file, MAX_RECORD);
      return Optional.of(Location.of(new String(record, StandardCharsets.UTF_8).strip()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new DamagedIndexException(
          "Cannot use %s: it names no state directory".formatted(file), e);
    }
  }

  /**
   * Returns the state directory of an output.
   *
   * @param directory the recorded one; empty if it is beside the output
   */
  public static Location of(Location output, Optional<Location> directory) {
    return directory
        .map(recorded -> recorded.resolve(output.name() + "-" + hash(output)))
        .orElseGet(() -> output.parent().resolve("_paritree").resolve(output.name()));
  }

  /** Returns what distinguishes outputs of the same name in one state directory. */
  private static String hash(Location output) {
    byte[] path = output.toString().getBytes(StandardCharsets.UTF_8);
    return UUID.nameUUIDFromBytes(path).toString().substring(24);
  }

  /**
   * Returns where the quarantined rows of a run are: before it has ended, and afterwards.
   *
   * @param run the name of the run's directory
   */
  public static List<Location> quarantine(Location state, String run) {
    return List.of(
        state.resolve(run).resolve(KEPT).resolve(QUARANTINE),
        state.resolve(RUNS).resolve(run).resolve(QUARANTINE));
  }

  /** Returns the directory of all indexes. */
  public static Location indexes(Location state) {
    return state.resolve(LOOKUP);
  }

  /**
   * Returns the directory of an index.
   *
   * @param run the name of the directory of the run that has published the partition
   */
  public static Location index(Location state, String run, String partition) {
    return indexes(state).resolve(run).resolve(partition.isEmpty() ? WHOLE : partition);
  }

  /**
   * Returns the partition of an index.
   *
   * @param path the index's directory below the run's
   */
  public static String partition(String path) {
    return path.equals(WHOLE) ? "" : path;
  }
}
