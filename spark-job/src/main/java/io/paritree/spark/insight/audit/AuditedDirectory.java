package io.paritree.spark.insight.audit;

import io.paritree.NameList;
import io.paritree.model.RecordedModels;
import io.paritree.output.PartitionManifest;
import io.paritree.output.PartitionValue;
import io.paritree.output.RunReport;
import io.paritree.output.ScoredInput;
import io.paritree.spark.input.DirectoryInput;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.StoredRuns;
import io.paritree.store.Location;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Scores in a directory, whose manifests say what is published.
 *
 * @param runs of the output
 * @param keys the columns of the key where a manifest does not say them
 * @param reports of runs by the names of their directories, once they were read; thread-safe
 */
record AuditedDirectory(
    SparkSession session,
    StoredRuns runs,
    List<String> keys,
    Map<String, Optional<RunReport>> reports)
    implements AuditedOutput {

  static AuditedDirectory of(SparkSession session, OutputPlace place, List<String> keys) {
    return new AuditedDirectory(session, new StoredRuns(place), keys, new ConcurrentHashMap<>());
  }

  @Override
  public OutputPlace place() {
    return runs.place();
  }

  @Override
  public String shown() {
    return place().output().toString();
  }

  @Override
  public String version() {
    return "";
  }

  /**
   * Returns the directories of which readers see files, whether a run has published them or not.
   */
  @Override
  public List<String> partitions() throws IOException {
    List<String> found = new ArrayList<>();
    List<String> first = find("", found);
    place().calls().answers(first, this::foundIn).forEach(found::addAll);
    return found.stream().sorted().toList();
  }

  private List<String> foundIn(String directory) throws IOException {
    List<String> found = new ArrayList<>();
    for (String partition : find(directory, found)) {
      found.addAll(foundIn(partition));
    }

    return found;
  }

  /**
   * Looks at a directory.
   *
   * @param found receives it, if readers see files of it
   * @return the partition directories in it that may be others
   */
  private List<String> find(String directory, List<String> found) throws IOException {
    List<String> below = place().partitionsBelow(directory);
    boolean isOfRun = place().manifest(directory).isPresent();
    if (isOfRun || !visible(directory, !below.isEmpty()).isEmpty()) {
      found.add(directory);
    }

    return isOfRun && !directory.isEmpty() ? List.of() : below;
  }

  /**
   * Returns the names of files and directories that readers see in a directory.
   *
   * @param isAbove whether its partition directories are left out
   */
  private List<String> visible(String directory, boolean isAbove) throws IOException {
    return place().listOrNone(place().partition(directory)).stream()
        .filter(
            entry ->
                !(isAbove
                    && entry.isDirectory()
                    && PartitionValue.isPartitionName(entry.location().name())))
        .map(entry -> entry.location().name())
        .filter(name -> !DirectoryInput.isHidden(name))
        .sorted()
        .toList();
  }

  @Override
  public Optional<AuditedPartition> partition(String partition) throws IOException {
    Optional<PartitionManifest> found = place().manifest(partition);
    if (found.isEmpty()) {
      return Optional.empty();
    }

    PartitionManifest manifest = found.get();
    Location directory = place().partition(partition);
    Optional<RunReport> report = report(manifest.directory());
    return Optional.of(
        new AuditedPartition(
            partition,
            manifest.token(),
            manifest.directory(),
            new RecordedModels.Recorded(manifest.modelVersion(), manifest.modelDigest()),
            new AuditedPartition.Rows(manifest.read(), manifest.scored(), manifest.quarantined()),
            manifest.keys().isEmpty() ? keys : manifest.keys(),
            manifest.scores(),
            // of an earlier version
            manifest.input().or(() -> report.map(run -> input(run.start()))),
            Instant.parse(manifest.stagedAt()),
            manifest.files().stream()
                .map(file -> new AuditedFile(directory.resolve(file.name()), file))
                .toList(),
            contradictions(partition, manifest, report)));
  }

  private Optional<RunReport> report(String run) throws IOException {
    Optional<RunReport> known = reports.get(run);
    if (known == null) {
      known = runs.report(run);
      reports.put(run, known);
    }

    return known;
  }

  /** Returns what a run has read, by its report; which files is not known. */
  static ScoredInput input(RunReport.Start run) {
    return new ScoredInput(run.input(), run.inputVersion(), 0, "");
  }

  /** Compares a manifest with where it is, and with the report of the run that it names. */
  private static List<String> contradictions(
      String partition, PartitionManifest manifest, Optional<RunReport> report) {
    List<String> found = new ArrayList<>();
    if (!PartitionValue.canonical(partition)
        .equals(PartitionValue.canonical(manifest.partition()))) {
      found.add("its manifest is of '%s'".formatted(manifest.partition()));
    }

    if (report.isPresent() && !report.get().partitions().scored().isEmpty()) {
      Optional<RunReport.Partition> own =
          report.get().partitions().scored().stream()
              .filter(any -> any.path().equals(manifest.partition()))
              .findFirst();
      if (own.isEmpty()) {
        found.add(
            "its manifest names run %s, whose report does not name it"
                .formatted(manifest.directory()));
      } else if (!isSame(own.get(), manifest)) {
        found.add(
            "its manifest has other numbers of rows or other files than the report of run %s"
                .formatted(manifest.directory()));
      }
    }

    return found;
  }

  private static boolean isSame(RunReport.Partition own, PartitionManifest manifest) {
    return own.identity().equals(manifest.identity())
        && own.read() == manifest.read()
        && own.scored() == manifest.scored()
        && own.quarantined() == manifest.quarantined()
        && Set.copyOf(own.files()).equals(Set.copyOf(manifest.files()));
  }

  @Override
  public String absence(String partition) throws IOException {
    List<String> visible = visible(partition, partition.isEmpty());
    return visible.isEmpty()
        ? "its manifest: it was removed while it was audited"
        : "a manifest: no run has published %s, which readers see"
            .formatted(NameList.known(visible));
  }

  @Override
  public boolean isBeingPublished() throws IOException {
    return !place().unfinished().isEmpty();
  }

  @Override
  public List<String> foreign(AuditedPartition partition) throws IOException {
    List<String> foreign =
        new ArrayList<>(visible(partition.partition(), partition.partition().isEmpty()));
    partition.files().forEach(file -> foreign.remove(file.written().name()));
    return foreign;
  }

  @Override
  public Optional<Dataset<Row>> rows(AuditedPartition partition) {
    String[] files =
        partition.files().stream()
            .map(file -> HadoopPaths.pattern(file.location()))
            .toArray(String[]::new);
    return files.length == 0 ? Optional.empty() : Optional.of(session.read().parquet(files));
  }

  @Override
  public Optional<Location> quarantine(AuditedPartition partition) throws IOException {
    return runs.quarantine(partition.run());
  }
}
