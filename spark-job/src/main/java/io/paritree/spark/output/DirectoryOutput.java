package io.paritree.spark.output;

import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.spark.files.ParquetWriters;
import io.paritree.spark.input.HadoopPaths;
import io.paritree.spark.publish.ConflictException;
import io.paritree.spark.publish.DirectoryWriters;
import io.paritree.spark.publish.OutputLook;
import io.paritree.spark.publish.PreparedPartition;
import io.paritree.spark.publish.Published;
import io.paritree.spark.publish.Publisher;
import io.paritree.spark.publish.RunDirectory;
import io.paritree.spark.publish.StepObserver;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.settings.JobSettings.Foreign;
import io.paritree.spark.settings.JobSettings.LookupIndex;
import io.paritree.spark.settings.JobSettings.NonAtomic;
import io.paritree.spark.task.WrittenFile;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A directory that a run writes to.
 *
 * @param look what was in the places of partitions when the run began
 * @param foreign what no run has written
 */
public record DirectoryOutput(OutputRuns runs, OutputLook look, ForeignFiles foreign)
    implements Output {
  /**
   * @param hadoop Spark's settings for Hadoop's clients
   * @param progress receives messages for the user
   * @throws RefusedException if the output is a root
   */
  public static DirectoryOutput of(
      JobSettings settings, Map<String, String> hadoop, StepObserver observer, PrintStream progress)
      throws RefusedException, IOException {
    OutputRuns runs = OutputRuns.on(settings.output().path(), settings, hadoop, observer, progress);
    return new DirectoryOutput(runs, runs.place().look(), new ForeignFiles(runs.place(), hadoop));
  }

  private FileStore store() {
    return place().store();
  }

  @Override
  public void look(List<String> partitions) throws IOException {
    look.at(partitions);
  }

  @Override
  public String token(String partition) throws IOException {
    return look.token(partition);
  }

  @Override
  public boolean isPublished(String partition, String identity) throws IOException {
    return look.isPublished(partition, identity);
  }

  @Override
  public Published now() {
    return new DirectoryWriters(place());
  }

  @Override
  public List<String> beside(List<String> partitions) {
    return look.beside();
  }

  @Override
  public long publishedRows(String partition) throws IOException {
    long rows = 0;
    for (String directory : place().look().found(partition).keySet()) {
      rows += place().manifest(directory).map(PartitionManifest::scored).orElse(0L);
    }

    return rows;
  }

  @Override
  public void check(List<OutputPartition> targets, OutputCheck check, List<String> notes)
      throws IOException {
    check.checkState();
    check.checkRenames(targets);
    if (runs.settings().conditions().nonAtomic() == NonAtomic.REFUSED) {
      check.checkAtomic();
    }

    check.checkLayout(targets, look);
    if (runs.settings().conditions().foreign() == Foreign.REFUSED) {
      check.checkOurs(targets, look, foreign);
    } else {
      check.checkColumns(targets);
      check.replaced(targets, look, foreign).ifPresent(notes::add);
    }
  }

  @Override
  public String fileNames(RunDirectory run) {
    return run.random();
  }

  @Override
  public Location staged(RunDirectory run, WrittenFile file) {
    return run.fresh(file.partition()).resolve(Output.name(file));
  }

  @Override
  public void stage(RunDirectory run, Map<String, List<WrittenFile>> files, ParquetWriters writers)
      throws IOException {
    List<WrittenFile> written = new ArrayList<>();
    for (Map.Entry<String, List<WrittenFile>> partition : files.entrySet()) {
      if (partition.getValue().isEmpty()) {
        WrittenFile empty = empty(run, partition.getKey(), writers);
        partition.getValue().add(empty);
        store().createDirectories(run.fresh(partition.getKey()));
        move(run, empty);
      } else {
        written.addAll(partition.getValue());
      }
    }

    Set<Location> directories = new LinkedHashSet<>();
    written.forEach(file -> directories.add(run.fresh(file.partition())));
    place().calls().each(directories, store()::createDirectories);
    place().calls().each(written, file -> move(run, file));
  }

  private void move(RunDirectory run, WrittenFile file) throws IOException {
    store().rename(run.tasks().resolve(file.path()), staged(run, file));
  }

  /** Writes a file without rows into the tasks' directory: Hadoop leaves a checksum next to it. */
  private WrittenFile empty(RunDirectory run, String partition, ParquetWriters writers)
      throws IOException {
    String name = writers.nameOfEmpty(run.random());
    Location empty = run.tasks().resolve("empty").resolve(name);
    store().delete(empty.parent());
    String sha256 = writers.writeEmpty(HadoopPaths.of(empty));
    return new WrittenFile("empty/" + name, partition, 0, sha256);
  }

  @Override
  public void complete(RunDirectory run, PartitionManifest manifest)
      throws RefusedException, IOException {
    byte[] json = manifest.toJson();
    Optional<String> problem = manifest.servingProblem(json);
    if (runs.settings().files().lookupIndex() == LookupIndex.BUILT && problem.isPresent()) {
      throw new RefusedException(problem.get());
    }

    Location to = run.fresh(manifest.partition());
    store().create(to.resolve(PartitionManifest.SUCCESS_FILE), new byte[0]);
    store().create(to.resolve(PartitionManifest.FILE), json);
  }

  @Override
  public List<String> publish(
      Publisher.Run run,
      List<PreparedPartition> partitions,
      Map<String, List<DataFile>> files,
      Map<String, String> metadata,
      Publisher.ReportBeforeMove report)
      throws ConflictException, IOException {
    return run.publish(partitions, report);
  }
}
