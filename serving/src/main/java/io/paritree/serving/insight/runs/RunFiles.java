package io.paritree.serving.insight.runs;

import io.paritree.json.BrokenJsonException;
import io.paritree.output.DamagedFileException;
import io.paritree.output.DriftFiles;
import io.paritree.output.PartitionManifest;
import io.paritree.output.ReportedDrift;
import io.paritree.output.RunDrift;
import io.paritree.output.RunReport;
import io.paritree.output.StateDirectory;
import io.paritree.output.StoredAudit;
import io.paritree.output.StoredComparison;
import io.paritree.output.StoredProfile;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import io.paritree.store.UnfitFileException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reports of runs in the state of an output, as its store has them. Not thread-safe. */
final class RunFiles {
  private static final Logger LOG = LoggerFactory.getLogger(RunFiles.class);

  private static final int MAX_ENTRIES = 100_000;
  private static final int MOST_RUNS = 500;

  private final String name;
  private final Location output;
  private final long mostBytes;
  private final RecentFiles contents; // by their places
  private final OutcomeFiles outcomes;
  private FileStore store; // null until it is read first
  private Location state;
  private Location runs;
  private Map<String, EndedRun> known = Map.of();

  /**
   * A report.
   *
   * @param directory the name of its run's directory
   * @param hasLineage whether the run's lineage lies beside it
   */
  record StoredReport(String directory, RunReport report, boolean hasLineage) {}

  /** Makes something of the content of a file. */
  @FunctionalInterface
  private interface Reading<T> {
    T of(byte[] content, String where) throws DamagedFileException;
  }

  /**
   * @param name of the output in messages
   * @param mostBytes that the runs may take that are kept
   * @param contents of files of all outputs
   */
  RunFiles(String name, Location output, long mostBytes, RecentFiles contents) {
    this.name = name;
    this.output = output;
    this.mostBytes = mostBytes;
    this.contents = contents;
    this.outcomes = new OutcomeFiles(contents);
  }

  /**
   * Returns the newest runs that have ended, newest first; reads no report again. Where not all may
   * be kept, the oldest are without the partitions that they have compared, or not there.
   */
  List<EndedRun> ended() throws IOException {
    runs = null; // the output may be a link that leads elsewhere now
    connect();
    List<FileEntry> directories = new ArrayList<>();
    for (FileEntry entry : store.listOrNone(runs, MAX_ENTRIES)) {
      if (entry.isDirectory() && PartitionManifest.isRun(entry.location().name())) {
        directories.add(entry);
      }
    }

    directories.sort(Comparator.comparingLong(FileEntry::modifiedMillis).reversed());
    Map<String, EndedRun> now = new HashMap<>();
    List<EndedRun> all = new ArrayList<>();
    long left = mostBytes / 2;
    long leftForNights = mostBytes / 2;
    for (FileEntry directory : directories.subList(0, Math.min(MOST_RUNS, directories.size()))) {
      EndedRun run = known.get(directory.location().name());
      if (run == null || !run.problem().isEmpty()) {
        run = ended(directory).orElse(null);
      }

      if (run != null) {
        EndedRun kept = run.nightBytes() <= leftForNights ? run : run.withoutNights();
        left -= kept.bytes();
        leftForNights -= kept.nightBytes();
        if (left < 0) {
          break;
        }

        now.put(kept.directory(), kept);
        all.add(kept);
      }
    }

    known = now;
    all.sort(EndedRun.NEWEST_FIRST);
    return List.copyOf(all);
  }

  private void connect() throws IOException {
    if (runs == null) {
      Location real = FileStore.of(output).real(output); // of a mount, on another store
      store = FileStore.of(real);
      state = StateDirectory.of(real);
      runs = StateDirectory.runs(state);
    }
  }

  /** Returns the run of a directory; empty if it has no report. */
  private Optional<EndedRun> ended(FileEntry directory) {
    String run = directory.location().name();
    long modified = directory.modifiedMillis();
    try {
      Location file = directory.location().resolve(StateDirectory.REPORT);
      byte[] content = store.readAtMost(file, RunReport.MAX_BYTES);
      return Optional.of(EndedRun.of(run, modified, RunReport.fromJson(content, file.toString())));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) { // whatever it is, it is the problem of this run
      EndedRun before = known.get(run);
      if (before == null) {
        LOG.warn("Scores {}: {}", name, e.getMessage());
      }

      return Optional.of(EndedRun.unreadable(run, modified, forCallers(e)));
    }
  }

  /** Makes something of a file that never changes; it is read again after it was damaged. */
  private <T> T read(Location file, int most, Reading<T> reading) throws IOException {
    byte[] content = contents.get(file.toString(), () -> store.readAtMost(file, most));
    try {
      return reading.of(content, file.toString());
    } catch (DamagedFileException e) {
      contents.clear();
      throw e;
    }
  }

  /** Returns the report in a run's directory; empty if there is none. */
  Optional<StoredReport> read(String directory) throws IOException {
    connect();
    Location run = runs.resolve(directory);
    try {
      RunReport report =
          read(run.resolve(StateDirectory.REPORT), RunReport.MAX_BYTES, RunReport::fromJson);
      boolean hasLineage = store.find(run.resolve(StateDirectory.LINEAGE)).isPresent();
      return Optional.of(new StoredReport(directory, report, hasLineage));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns a partition that a run has compared with others, also if only its drift says how; empty
   * if it has not.
   */
  Optional<Night> night(String directory, String partition) throws IOException {
    Optional<RunReport.Partitions> all =
        read(directory).map(stored -> stored.report().partitions());
    Optional<RunReport.Partition> found =
        all.stream()
            .flatMap(partitions -> partitions.scored().stream())
            .filter(one -> one.path().equals(partition))
            .findFirst();
    if (found.isEmpty()) {
      return Optional.empty();
    }

    Optional<ReportedDrift> drift = found.get().drift();
    if (drift.isEmpty()) {
      drift =
          Optional.ofNullable(drifts(directory, Set.of(partition)).get(partition))
              .map(one -> ReportedDrift.of(one.drifts(), one.verdicts(), ""));
    }

    boolean isPublished = all.get().ofRun().contains(found.get());
    return drift.map(own -> Night.of(found.get(), isPublished, own));
  }

  /** Returns what is known of a partition's rows; empty if there is nothing. */
  Optional<RunDrift.Partition> drift(String directory, String partition) throws IOException {
    return Optional.ofNullable(drifts(directory, Set.of(partition)).get(partition));
  }

  /** Returns the comparison of a run with a challenger, as a document; empty if there is none. */
  Optional<byte[]> comparison(String directory, String challenger) throws IOException {
    Optional<String> name = StoredComparison.file(challenger);
    if (name.isEmpty()) {
      return Optional.empty();
    }

    connect();
    Location file = runs.resolve(directory).resolve(name.get());
    try {
      byte[] content = store.readAtMost(file, StoredComparison.MAX_BYTES);
      return Optional.of(StoredComparison.checked(content, file.toString()));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    }
  }

  private DriftFiles driftFiles(String directory) {
    return new DriftFiles(
        runs.resolve(directory),
        store,
        file -> contents.get(file.toString(), () -> store.readAtMost(file, DriftFiles.MAX_BYTES)));
  }

  /** Returns what a run has found out about some partitions, by their names. */
  Map<String, RunDrift.Partition> drifts(String directory, Set<String> partitions)
      throws IOException {
    connect();
    try {
      return driftFiles(directory).partitions(partitions);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Map.of();
    } catch (DamagedFileException e) {
      contents.clear();
      throw e;
    }
  }

  /** Returns the profile that a partition was published with; empty if there is none. */
  Optional<StoredProfile> profile(String partition, String identity) throws IOException {
    connect();
    Location file = StateDirectory.profile(state, partition, identity);
    try {
      byte[] content = store.readAtMost(file, DriftFiles.MAX_BYTES);
      return Optional.of(StoredProfile.fromJson(content, file.toString()));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns what is known of how good the scores were.
   *
   * @param asOf the day that is asked for; empty for the newest
   */
  OutcomeFiles.Found outcomes(Optional<String> asOf) throws IOException {
    runs = null; // the output may be a link that leads elsewhere now
    connect();
    return outcomes.find(store, StateDirectory.outcomes(state), asOf);
  }

  /** Returns what the last audit of a partition has found out; empty if none was kept. */
  Optional<StoredAudit> audit(String partition) throws IOException {
    runs = null; // as above
    connect();
    Location file = StateDirectory.audit(state, partition);
    try {
      byte[] content = store.readAtMost(file, StoredAudit.MAX_BYTES);
      return Optional.of(StoredAudit.of(content, partition, file.toString()));
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    }
  }

  /** Returns what callers read of a failure: no places of the server, and no values of rows. */
  static String forCallers(Throwable failure) {
    Optional<String> place =
        failure.getCause() instanceof BrokenJsonException broken
            ? broken.place()
            : Optional.empty();
    if (failure instanceof DamagedFileException && place.isPresent()) {
      return "The report is wrong at %s".formatted(place.get());
    }

    return failure instanceof DamagedFileException || failure instanceof UnfitFileException
        ? "The report is not whole, or too long"
        : "The output's store cannot be read now";
  }
}
