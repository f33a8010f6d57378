package io.paritree.spark.audit;

import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.output.RunReport;
import io.paritree.output.ScoredInput;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.store.FileEntry;
import io.paritree.store.Location;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Scores in a directory, whose manifests say what is published.
 *
 * @param place where it is
 * @param keys the columns of the key where a manifest does not say them
 */
record AuditedDirectory(SparkSession session, OutputPlace place, List<String> keys)
    implements AuditedOutput {

  @Override
  public String shown() {
    return place.output().toString();
  }

  @Override
  public String version() {
    return "";
  }

  @Override
  public List<String> partitions() throws IOException {
    List<PartitionManifest> published = new ArrayList<>(place.publishedBelow(""));
    place.manifest("").ifPresent(published::add);
    return published.stream().map(PartitionManifest::partition).sorted().toList();
  }

  @Override
  public Optional<AuditedPartition> partition(String partition) throws IOException {
    Optional<PartitionManifest> found = place.manifest(partition);
    if (found.isEmpty()) {
      return Optional.empty();
    }

    PartitionManifest manifest = found.get();
    Location directory = place.partition(partition);
    Optional<ScoredInput> input = manifest.input();
    if (input.isEmpty()) { // of an earlier version
      Optional<RunReport> report = new StoredRuns(place).report(manifest.directory());
      input = report.map(run -> input(run.start()));
    }

    return Optional.of(
        new AuditedPartition(
            partition,
            manifest.token(),
            manifest.directory(),
            new AuditedPartition.Model(
                manifest.modelName(), manifest.modelVersion(), manifest.modelDigest()),
            new AuditedPartition.Rows(manifest.read(), manifest.scored(), manifest.quarantined()),
            manifest.keys().isEmpty() ? keys : manifest.keys(),
            manifest.scores(),
            input,
            Instant.parse(manifest.stagedAt()),
            manifest.files().stream()
                .map(file -> new AuditedFile(directory.resolve(file.name()), file))
                .toList()));
  }

  /** Returns what a run has read, by its report; which files is not known. */
  static ScoredInput input(RunReport.Start run) {
    return new ScoredInput(run.input(), run.inputVersion(), 0, "");
  }

  @Override
  public String absence() {
    return "its manifest was removed while it was audited";
  }

  @Override
  public boolean isBeingPublished() throws IOException {
    return !place.unfinished().isEmpty();
  }

  @Override
  public List<String> foreign(AuditedPartition partition) throws IOException {
    Set<String> own =
        partition.files().stream()
            .map(AuditedFile::written)
            .map(DataFile::name)
            .collect(Collectors.toSet());
    return place.listOrNone(place.partition(partition.partition())).stream()
        .filter(entry -> !entry.isDirectory())
        .map(FileEntry::location)
        .map(Location::name)
        .filter(name -> !name.startsWith("_") && !name.startsWith(".") && !own.contains(name))
        .sorted()
        .toList();
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
    return new StoredRuns(place).quarantine(partition.run());
  }
}
