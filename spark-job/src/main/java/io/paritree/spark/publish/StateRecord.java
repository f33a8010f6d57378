package io.paritree.spark.publish;

import io.paritree.output.StateDirectory;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.Optional;
import java.util.UUID;

/**
 * The file in an output that names its state directory, if that is not next to the output. Two runs
 * with different state directories would neither lock each other out nor finish each other's work,
 * so all runs use the one that is recorded, and refuse another one.
 *
 * <p>A run looks for the record once more when its own sign of life is visible; a run that writes
 * the record then looks for signs of life in the other place. So one of two that begin at the same
 * time sees the other.
 */
public record StateRecord(OutputPlace place) {
  private static final String FILE = StateDirectory.RECORD;

  /** Returns why a run that was asked for a state directory cannot use it; empty if it can. */
  static Optional<String> problem(Location asked, Optional<Location> recorded, Location output) {
    if (!asked.isOnStoreOf(output)) {
      return Optional.of(
          ("state directory %s is on another file system than output %s, and publishing is a rename"
                  + " from one to the other; give a directory on the output's file system")
              .formatted(asked, output));
    }

    if (output.holds(asked)) {
      return Optional.of(
          ("state directory %s is in output %s, so readers would find staged and quarantined rows;"
                  + " give a directory outside of it")
              .formatted(asked, output));
    }

    return recorded.filter(other -> !other.equals(asked)).map(other -> differs(output, other));
  }

  private static String differs(Location output, Location recorded) {
    return ("the state of output %s is in %s, as its file %s records; to move it, let no run begin,"
            + " run --recover, and remove that file")
        .formatted(output, recorded, FILE);
  }

  /** Returns why the state cannot be moved away from its place next to the output now. */
  Optional<String> unfinishedNextToTheOutput() throws IOException {
    OutputPlace before = new OutputPlace(place.store(), place.output());
    return before.unfinished().isEmpty() && before.listOrNone(before.running()).isEmpty()
        ? Optional.empty()
        : Optional.of(
            ("runs on output %s have their state in %s and have not ended; wait for them, or run"
                    + " --recover, before the first run with another state directory")
                .formatted(place.output(), before.state()));
  }

  /**
   * Makes sure that all other runs on the output use this run's state directory, whose sign of life
   * they see there. To be called by a run that has begun, before it reads the output for the last
   * time.
   *
   * @return why that is not so; empty if it is
   */
  public Optional<String> claim() throws IOException {
    Optional<Location> recorded = StateDirectory.recorded(place.store(), place.output());
    if (recorded.equals(place.stateDirectory())) {
      return Optional.empty();
    }

    if (recorded.isPresent()) {
      return Optional.of(differs(place.output(), recorded.get()));
    }

    if (place.stateDirectory().isEmpty()) {
      return Optional.empty();
    }

    Location file = place.output().resolve(FILE);
    try {
      write(file, OutputPlace.utf8(place.stateDirectory().get() + "\n"));
    } catch (FileAlreadyExistsException e) {
      return claim();
    } catch (IOException e) {
      return Optional.of(
          "a file cannot be moved from state directory %s to output %s, as publishing moves partitions: %s"
              .formatted(place.stateDirectory().get(), place.output(), e));
    }

    Optional<String> others = unfinishedNextToTheOutput();
    if (others.isPresent()) {
      place.store().delete(file);
    }

    return others;
  }

  /**
   * Writes the record in the way in which partitions are published, so that it shows they can be.
   */
  private void write(Location file, byte[] content) throws IOException {
    FileStore store = place.store();
    store.createDirectories(place.output());
    if (!place.renamesDirectoriesWhole()) {
      store.create(file, content);
      return;
    }

    Location aside = place.state().resolve("record-" + UUID.randomUUID());
    store.create(aside, content);
    try {
      store.rename(aside, file);
    } finally {
      store.delete(aside);
    }
  }
}
