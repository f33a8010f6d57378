package io.paritree.spark.run;

import io.paritree.model.ScoringModel;
import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.output.ReasonsForm;
import io.paritree.output.RunReport.Partition;
import io.paritree.output.StateDirectory;
import io.paritree.spark.files.Footers;
import io.paritree.spark.files.Footers.Footer;
import io.paritree.spark.files.ParquetWriters;
import io.paritree.spark.input.InputDigest;
import io.paritree.spark.lookup.IndexedPartition;
import io.paritree.spark.output.Output;
import io.paritree.spark.output.OutputPartition;
import io.paritree.spark.publish.RunDirectory;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.score.RecordedReasons;
import io.paritree.spark.task.PartitionCounts;
import io.paritree.spark.task.Tally;
import io.paritree.spark.task.WrittenFile;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;

/**
 * Moves the files of the task attempts that count into staged partitions, and verifies them.
 *
 * <p>Files are moved one by one out of the tasks' directory, so nothing that another attempt left
 * there, or writes later, can get into a partition.
 */
final class Staging {
  private final CheckedRun checked;
  private final RunDirectory directory;
  private final FileStore store;
  private final Tally tally;
  private final Output output;
  private final Optional<ReasonsForm> reasons;
  private final InputDigest input;
  private final Map<String, List<WrittenFile>> staged = new TreeMap<>();
  private final Map<String, Long> bytes = new ConcurrentHashMap<>(); // by verified partition

  Staging(CheckedRun checked, RunDirectory directory, Tally tally) {
    this.checked = checked;
    this.directory = directory;
    this.store = checked.place().store();
    this.tally = tally;
    this.output = checked.output();
    this.input = new InputDigest(checked.input().listing());
    this.reasons =
        RecordedReasons.of(
            checked.model(), checked.settings().columns().explanation(), checked.input().columns());
  }

  /** Moves the quarantined rows to where they are kept, even if the run fails. */
  void keepQuarantine() throws IOException {
    if (tally.quarantined().isEmpty()) {
      return;
    }

    store.createDirectories(directory.kept().resolve(StateDirectory.QUARANTINE));
    checked
        .place()
        .calls()
        .each(
            tally.quarantined(),
            file -> store.rename(directory.tasks().resolve(file.path()), quarantined(file)));
  }

  private Location quarantined(WrittenFile file) {
    return directory.kept().resolve(StateDirectory.QUARANTINE).resolve(Output.name(file));
  }

  List<Location> quarantined() {
    return tally.quarantined().stream().map(this::quarantined).toList();
  }

  /**
   * Returns the rows and files to index of some partitions.
   *
   * @param scoredAt when the rows were complete
   */
  List<IndexedPartition> indexed(List<OutputPartition> targets, Instant scoredAt) {
    List<IndexedPartition> indexed = new ArrayList<>();
    for (OutputPartition target : targets) {
      PartitionCounts count = tally.counts().get(target.partition());
      indexed.add(
          new IndexedPartition(
              target.partition(),
              manifest(target, count, List.of(), scoredAt),
              staged(target),
              bytes.getOrDefault(target.partition(), 0L)));
    }

    return indexed;
  }

  /** Returns where the files of a partition are staged. */
  List<Location> staged(OutputPartition target) {
    return staged.get(target.partition()).stream()
        .map(file -> output.staged(directory, file))
        .toList();
  }

  /** Removes what the run has staged and does not publish. */
  void remove() throws IOException {
    output.remove(directory, tally.scored());
  }

  /** Removes the staged files of a partition. */
  void remove(OutputPartition target) throws IOException {
    output.remove(directory, staged.get(target.partition()));
  }

  /**
   * Moves the files of scored rows into their partitions.
   *
   * @param writers writes a file without rows for a partition that has no file
   */
  void stage(ParquetWriters writers) throws IOException {
    checked.open().forEach(target -> staged.put(target.partition(), new ArrayList<>()));
    for (WrittenFile file : tally.scored()) {
      List<WrittenFile> files = staged.get(file.partition());
      if (files == null) {
        throw new IOException(
            "Cannot stage %s: no partition '%s' was selected"
                .formatted(file.path(), file.partition()));
      }

      files.add(file);
    }

    output.stage(directory, staged, writers);
  }

  /**
   * Compares the files' footers with what was counted, and writes the partitions' manifests.
   *
   * @param scoredAt when the rows were complete
   * @return a report on each partition
   * @throws IOException if a file does not hold what was counted
   * @throws RefusedException if servers are to find its rows, and could not
   */
  List<Partition> verify(Configuration hadoop, Instant scoredAt)
      throws RefusedException, IOException {
    return checked
        .place()
        .calls()
        .answers(checked.open(), target -> verify(target, hadoop, scoredAt));
  }

  private Partition verify(OutputPartition target, Configuration hadoop, Instant scoredAt)
      throws RefusedException, IOException {
    List<DataFile> files = new ArrayList<>();
    long rows = 0;
    for (WrittenFile file : staged.get(target.partition())) {
      Location location = output.staged(directory, file);
      Footer footer = footer(location, hadoop);
      if (footer.rows() != file.rows()) {
        throw new IOException(
            "Cannot publish %s: its footer says %s rows, but %s were written"
                .formatted(location, footer.rows(), file.rows()));
      }

      files.add(
          new DataFile(
              Output.name(file), footer.length(), footer.rows(), Optional.of(file.sha256())));
      rows += footer.rows();
      bytes.merge(target.partition(), footer.bytes(), Long::sum);
    }

    PartitionCounts count = tally.counts().get(target.partition());
    if (rows != count.rows().scored()) {
      throw new IOException(
          "Cannot publish '%s': its files hold %s rows, but %s were scored"
              .formatted(target.partition(), rows, count.rows().scored()));
    }

    output.complete(directory, manifest(target, count, files, scoredAt));
    return new Partition(
        target.partition(),
        target.identity(),
        count.rows().read(),
        count.rows().scored(),
        count.rows().quarantined(),
        Optional.empty(),
        Optional.empty(),
        files);
  }

  private PartitionManifest manifest(
      OutputPartition target, PartitionCounts count, List<DataFile> files, Instant scoredAt) {
    ScoringModel model = checked.model();
    return new PartitionManifest(
        target.partition(),
        target.identity(),
        checked.settings().runId(),
        directory.name(),
        model.name(),
        model.modelVersion(),
        model.digest(),
        checked.settings().engine().name().toLowerCase(Locale.ROOT),
        scoredAt.toString(),
        count.rows().read(),
        count.rows().scored(),
        count.rows().quarantined(),
        checked.carried().keys(),
        checked.columns().scored().scores(),
        reasons,
        Optional.of(input.of(target.files())),
        files);
  }

  private static Footer footer(Location file, Configuration hadoop) throws IOException {
    try {
      return Footers.read(file, hadoop);
    } catch (IOException | RuntimeException e) {
      throw new IOException("Cannot verify %s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
