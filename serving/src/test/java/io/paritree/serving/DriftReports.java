package io.paritree.serving;

import io.paritree.drift.Baseline;
import io.paritree.drift.Drift;
import io.paritree.output.DriftFiles;
import io.paritree.output.ReportedDrift;
import io.paritree.output.RunDrift;
import io.paritree.output.RunReport;
import io.paritree.output.RunReport.Hold;
import io.paritree.output.StateDirectory;
import io.paritree.profile.Profile;
import io.paritree.rule.Verdict;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reports of runs that have compared partitions with others, as the job writes them. */
public final class DriftReports {
  /** Of more partitions, the job reports only those that differ too much. */
  private static final int MOST_REPORTED = 500;

  private final Path runs;
  private final String digest;

  /**
   * A partition that was compared.
   *
   * @param profile empty if nobody may read it
   * @param accepted why it was published although rules have fired
   */
  public record Night(
      String partition,
      Optional<Profile> profile,
      List<Drift> drifts,
      List<Verdict> verdicts,
      String accepted) {
    /** Returns a partition that was compared with the model's reference. */
    static Night againstReference(
        String partition, Profile profile, Profile reference, Verdict verdict, String accepted) {
      Drift drift = Drift.of(profile, new Baseline(Baseline.REFERENCE, List.of(), reference));
      return new Night(partition, Optional.of(profile), List.of(drift), List.of(verdict), accepted);
    }

    private boolean isHeld() {
      return accepted.isEmpty() && verdicts.stream().anyMatch(Verdict::holds);
    }
  }

  /**
   * @param output beside which the reports are
   * @param digest of the model that has scored the rows
   */
  public DriftReports(StoredOutput output, String digest) {
    this.runs =
        output.path().resolveSibling("_paritree/%s/runs".formatted(output.path().getFileName()));
    this.digest = digest;
  }

  /** Writes what a run leaves that has compared partitions. */
  public void write(String run, String startedAt, List<Night> nights) throws IOException {
    List<RunReport.Partition> published = new ArrayList<>();
    List<RunReport.Partition> held = new ArrayList<>();
    for (Night night : nights) {
      RunReport.Partition plain =
          Reports.published(run, startedAt, List.of(night.partition)).partitions().scored().get(0);
      RunReport.Partition compared =
          new RunReport.Partition(
              plain.path(),
              plain.identity(),
              night.profile.map(Profile::rows).orElse(plain.read()),
              plain.scored(),
              plain.quarantined(),
              night.isHeld() ? Optional.of(new Hold("held", "rules have fired")) : Optional.empty(),
              Optional.of(ReportedDrift.of(night.drifts, night.verdicts, night.accepted))
                  .filter(any -> nights.size() <= MOST_REPORTED || night.isHeld()),
              plain.files());
      (night.isHeld() ? held : published).add(compared);
    }

    RunReport plain = Reports.published(run, startedAt, List.of());
    RunReport.Model model = plain.start().model().orElseThrow();
    List<RunReport.Partition> all = new ArrayList<>(published);
    all.addAll(held);
    RunReport report =
        new RunReport(
            new RunReport.Start(
                run,
                startedAt,
                Optional.of(
                    new RunReport.Model(
                        model.name(),
                        model.version(),
                        digest,
                        model.engine(),
                        model.sealed(),
                        model.earlyStopping(),
                        model.offsets())),
                plain.start().input(),
                plain.start().inputVersion(),
                plain.start().output()),
            held.isEmpty()
                ? plain.ending()
                : new RunReport.Ending("held", 8, "Cannot publish some partitions", 0),
            plain.rows(),
            plain.quarantine(),
            plain.values(),
            plain.duplicateKeys(),
            plain.scores(),
            plain.seconds(),
            new RunReport.Partitions(published.size(), 0, all),
            plain.challengers());
    Path directory = Files.createDirectories(runs.resolve(run));
    Files.write(directory.resolve(StateDirectory.REPORT), report.toJson());
    List<RunDrift.Partition> drifts =
        nights.stream()
            .map(
                night ->
                    new RunDrift.Partition(
                        night.partition, night.profile, night.drifts, night.verdicts))
            .toList();
    Location place = Location.of(directory);
    DriftFiles.write(FileStore.of(place), place, drifts);
  }
}
