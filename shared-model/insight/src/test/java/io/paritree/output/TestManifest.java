package io.paritree.output;

import java.util.List;
import java.util.Optional;

/** Manifests of given files, for tests and benches that publish without a run. */
public final class TestManifest {
  private TestManifest() {}

  /** Returns the manifest of scored rows whose columns the run has not recorded. */
  public static PartitionManifest of(
      String partition, String identity, String directory, List<DataFile> files) {
    return of(partition, identity, "run", directory, "m/1", 0, List.of(), List.of(), files);
  }

  /**
   * Returns the manifest of a run with a number, which its identity, its id and the version of its
   * model have, too.
   */
  public static PartitionManifest ofRun(
      int number,
      String partition,
      String directory,
      long quarantined,
      List<String> keys,
      List<String> scores,
      List<DataFile> files) {
    return of(
        partition,
        "identity-" + number,
        "run" + number,
        directory,
        "m/" + number,
        quarantined,
        keys,
        scores,
        files);
  }

  private static PartitionManifest of(
      String partition,
      String identity,
      String run,
      String directory,
      String modelVersion,
      long quarantined,
      List<String> keys,
      List<String> scores,
      List<DataFile> files) {
    long scored = files.stream().mapToLong(DataFile::rows).sum();
    return new PartitionManifest(
        partition,
        identity,
        run,
        directory,
        "m",
        modelVersion,
        "digest",
        "forest",
        "2026-11-25T02:11:09Z",
        scored + quarantined,
        scored,
        quarantined,
        keys,
        scores,
        Optional.empty(),
        Optional.empty(),
        files);
  }
}
